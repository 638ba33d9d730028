/** Of the caller's own model: the first vector of a tenant fixes the dimension of all of them. */
export const dimension = 1_536;

/** The vector that seed 1 writes as `[0.1, 0.2, ...]`. */
export const seedVector: readonly number[] = Array.from({ length: dimension }, (_, i) => ((i % 10) + 1) / 10);

/** A direction of its own for each number, at a right angle to those of the others. */
export const axis = (place: number): number[] =>
  Array.from({ length: dimension }, (_, i) => (i === place ? 1 : 0));

/** Between two directions: the cosine with the first is `share / √(share² + (1 − share)²)`. */
export const between = (first: readonly number[], second: readonly number[], share: number): number[] =>
  first.map((value, i) => share * value + (1 - share) * (second[i] ?? 0));

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

export const cosine = (a: readonly number[], b: readonly number[]): number =>
  dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
