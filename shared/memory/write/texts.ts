import type { JsonObject, JsonValue } from '../../kernel/json.ts';
import { authorOf, type MemoryState } from '../model.ts';

const words = (key: string): string => key.replace(/[_-]+/g, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');

function flatten(value: JsonValue, into: string[]): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) flatten(item, into);
  } else if (typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) {
      into.push(words(key));
      flatten(member, into);
    }
  } else {
    into.push(typeof value === 'string' ? words(value) : String(value));
  }
}

/** The bare text of a memory: its string, or the keys and values of its object. */
export function bareText(content: string | JsonObject): string {
  if (typeof content === 'string') return content;
  const parts: string[] = [];
  flatten(content, parts);
  return parts.join(' ');
}

// months in words: a question names "May", and full-text search would not find it in 2023-05-08
const longDate = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** What full-text search indexes: date, author, text, then what else is said of the memory. */
export function lexicalText(state: MemoryState): string {
  const author = authorOf(state);
  return [
    `${longDate.format(new Date(state.occurredAt))}.`,
    author && `${author}:`,
    bareText(state.content),
    state.summary,
    ...state.tags.map(words),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Words of the bare text, for the length prior of recall. */
export const wordCount = (text: string): number => text.split(/\s+/).filter(Boolean).length;
