import { unusableAnswer } from '../remote/provider-error.ts';

/** Name of a space: vectors of one technology, model and dimension, comparable with each other alone. */
export const spaceName = (technology: string, model: string, dimension: number): string =>
  `${technology}:${model}:${dimension}`;

/**
 * The vector itself when it can be stored and compared.
 * @throws AppError `embedding_unavailable`, not retryable, when it has another dimension, is not finite or has no
 * direction.
 */
export function usableVector(vector: number[], dimension: number): number[] {
  if (vector.length !== dimension) {
    throw unusableAnswer('embedding_unavailable', `${vector.length} dimensions instead of ${dimension}`);
  }
  if (!vector.every(Number.isFinite))
    throw unusableAnswer('embedding_unavailable', 'a component is no number');
  if (vector.every((component) => component === 0)) {
    throw unusableAnswer('embedding_unavailable', 'a vector of zeros');
  }
  return vector;
}

/**
 * Embeds the texts that have content and puts null in the place of the others: providers refuse empty input.
 * Texts are cut to their first `maxCharacters`, because a model refuses more tokens than it was trained on.
 */
export async function embedNonEmpty(
  texts: readonly string[],
  maxCharacters: number,
  embed: (texts: string[]) => Promise<number[][]>,
): Promise<(number[] | null)[]> {
  const places = texts.flatMap((text, place) => (text.trim() === '' ? [] : [place]));
  const vectors = await embed(places.map((place) => cut(texts[place] ?? '', maxCharacters)));
  const answer: (number[] | null)[] = texts.map(() => null);
  for (const [i, place] of places.entries()) answer[place] = vectors[i] ?? null;
  return answer;
}

/** Never between the halves of a surrogate pair. */
const cut = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
