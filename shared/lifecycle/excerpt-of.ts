import type { Excerpt } from './ports.ts';

/** Characters (code points) that stay in the catalogue. */
const excerptLength = 280;

/** How a content begins: a text itself, an object as JSON. One that is short enough stays as it is. */
export function excerptOf(content: unknown): Excerpt {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const characters = [...text.slice(0, 2 * excerptLength + 2)];
  if (characters.length <= excerptLength) return { content, partial: false };
  return { content: characters.slice(0, excerptLength).join(''), partial: true };
}
