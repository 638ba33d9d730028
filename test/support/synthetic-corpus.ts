import { newId } from '../../shared/kernel/ids.ts';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface SyntheticTurn {
  id: string;
  text: string;
  previousId: string | null;
  episode: string;
  vector: number[];
}

const vocabulary = 4_000;
const dimension = 16;
const turnsOfEpisode = 20;

/** Words by Zipf's law, as in language: word n occurs as often as 1/n says. */
const word = (random: () => number): string => `w${Math.floor(vocabulary ** random())}`;

const unit = (vector: number[]): number[] => vector.map((value) => value / Math.hypot(...vector));
const vectorOf = (random: () => number): number[] =>
  unit(Array.from({ length: dimension }, () => random() - 0.5));

export function syntheticTurns(count: number, random: () => number): SyntheticTurn[] {
  const turns: SyntheticTurn[] = [];
  for (let n = 0; n < count; n += 1) {
    const words = 5 + Math.floor(random() * 20);
    turns.push({
      id: newId(),
      text: Array.from({ length: words }, () => word(random)).join(' '),
      previousId: n % turnsOfEpisode === 0 ? null : (turns[n - 1]?.id ?? null),
      episode: `e${Math.floor(n / turnsOfEpisode)}`,
      vector: vectorOf(random),
    });
  }
  return turns;
}

/** A question about one of the turns: some of its words, and a vector near its own. */
export function questionAbout(turn: SyntheticTurn, random: () => number): { text: string; vector: number[] } {
  const words = turn.text.split(' ').filter(() => random() < 0.4);
  const noise = vectorOf(random);
  return {
    text: [...words, word(random)].join(' '),
    vector: turn.vector.map((value, index) => value + 0.5 * (noise[index] ?? 0)),
  };
}
