import type { Entity } from '../../memory/model.ts';

/** Sends the texts that have content; the others have no entities. */
export async function extractNonEmpty(
  texts: readonly string[],
  extract: (texts: string[]) => Promise<Entity[][]>,
): Promise<Entity[][]> {
  const places = texts.flatMap((text, place) => (text.trim() === '' ? [] : [place]));
  const found = await extract(places.map((place) => texts[place] ?? ''));
  const answer: Entity[][] = texts.map(() => []);
  for (const [i, place] of places.entries()) answer[place] = found[i] ?? [];
  return answer;
}
