import { readFileSync } from 'node:fs';
import { seeded } from '../../test/support/synthetic-corpus.ts';

/** What a benchmark stores and asks; the same on every machine and in every run. */
export interface SyntheticText {
  /** 6 to 40 words, as a turn of a conversation has. */
  memory(): string;
  /** Seven words, six of them the memory's: three of any kind, three that say something. */
  questionAbout(memory: string): string;
}

const vocabularyFile = new URL('../../models/static-minilm/vocab.txt', import.meta.url);
/** The words that full-text search leaves out are shorter. */
const tellingLength = 8;

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
  const random = seeded(seed);
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
      const telling = known.filter((each) => each.length >= tellingLength);
      const three = (from: string[]) =>
        Array.from({ length: 3 }, () => from[Math.floor(random() * from.length)]);
      return [...three(known), ...three(telling.length > 0 ? telling : known), word()].join(' ');
    },
  };
}
