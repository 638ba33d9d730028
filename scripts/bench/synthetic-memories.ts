import { readFileSync } from 'node:fs';

/** What a benchmark stores and asks; the same on every machine and in every run. */
export interface SyntheticText {
  /** 6 to 40 words, as a turn of a conversation has. */
  memory(): string;
  /** Words of a memory, most of them, as a question about it has. */
  questionAbout(memory: string): string;
}

const vocabularyFile = new URL('../../models/static-minilm/vocab.txt', import.meta.url);
const questionWords = 7;

/** Uniform numbers from 0 to 1 of a seed (mulberry32): Math.random takes none. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The whole English words of the shipped table's vocabulary, frequent ones first. */
const englishWords = (): string[] =>
  readFileSync(vocabularyFile, 'utf8')
    .split('\n')
    .filter((word) => /^[a-z]{2,}$/.test(word));

/**
 * Texts in which the frequency of a word falls with its rank as in natural language (Zipf's law, shifted by
 * Mandelbrot's 2.7): an index of evenly drawn words would have no common terms, which are what BM25 costs.
 */
export function syntheticText(seed: number): SyntheticText {
  const random = seededRandom(seed);
  const words = englishWords();
  let total = 0;
  const cumulative = words.map((_, rank) => {
    total += 1 / (rank + 3.7);
    return total;
  });

  const word = (): string => {
    const drawn = random() * total;
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) < drawn) low = middle + 1;
      else high = middle;
    }
    return words[low] ?? '';
  };

  return {
    memory: () => Array.from({ length: 6 + Math.floor(random() * 35) }, word).join(' '),
    questionAbout: (memory) => {
      const known = memory.split(' ');
      const asked = Array.from({ length: questionWords - 1 }, () => known[Math.floor(random() * known.length)]);
      return [...asked, word()].join(' ');
    },
  };
}
