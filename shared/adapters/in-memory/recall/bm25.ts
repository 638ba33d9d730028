import { bm25 } from '../../../memory/recall/weights.ts';
import type { Terms } from './english.ts';

const lengthOf = (document: Terms): number => [...document.values()].reduce((sum, count) => sum + count, 0);

/** BM25 of each document for a query, with frequencies of these documents; a repeated query term counts again. */
export function bm25Scores(documents: readonly Terms[], query: Terms): number[] {
  const lengths = documents.map(lengthOf);
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
  const inverse = new Map(
    [...query.keys()].map((term) => {
      const containing = documents.filter((document) => document.has(term)).length;
      return [term, Math.log(1 + (documents.length - containing + 0.5) / (containing + 0.5))];
    }),
  );
  return documents.map((document, index) => {
    const saturation = bm25.k1 * (1 - bm25.b + (bm25.b * (lengths[index] ?? 0)) / average);
    let score = 0;
    for (const [term, weight] of query) {
      const frequency = document.get(term);
      if (frequency === undefined) continue;
      score += (weight * (inverse.get(term) ?? 0) * frequency * (bm25.k1 + 1)) / (frequency + saturation);
    }
    return score;
  });
}
