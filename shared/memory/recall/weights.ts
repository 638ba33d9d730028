import { callerSpace } from './ports.ts';

/** Okapi BM25 as tuned for short passages (Lin et al., Anserini): flatter in length than the usual 1.2 and 0.75. */
export const bm25 = { k1: 0.9, b: 0.4 } as const;

/** How much each kind of evidence counts once it has been divided by the largest among the candidates. */
export interface FusionWeights {
  /** BM25 of the memory's own text. */
  own: number;
  /** BM25 of the turn before it, on the scale of `own`. */
  previous: number;
  /** BM25 of the whole episode. */
  episode: number;
  /** The query names one known author, and the memory is theirs. */
  author: number;
  /** Cosine of the memory, blended with the turn before it, with the query in the first person. */
  vector: number;
  /** ln(1 + words): very short turns seldom answer anything. */
  length: number;
  /** Entities of the query, over the graph. */
  graph: number;
}

/** Linear fusion after division by the maximum; measured against rank fusion in docs/recall.md. */
const lexicalWeights = { own: 1, previous: 0.4, episode: 0.6, length: 0.2, graph: 0.2 } as const;

/** A word table knows no word order, so it counts less than a model, and the author's name more. */
export const fusionWeights = {
  wordTable: { ...lexicalWeights, author: 0.6, vector: 1.5 },
  model: { ...lexicalWeights, author: 0.4, vector: 2 },
} as const satisfies Record<string, FusionWeights>;

/** The weights for vectors of a space. Names of spaces begin with the embedder's technology. */
export const weightsFor = (space: string): FusionWeights =>
  space !== callerSpace && space.startsWith('static-') ? fusionWeights.wordTable : fusionWeights.model;

/** How relevance, importance and recency make up a score; only their ratios count. */
export interface Blend {
  similarity: number;
  importance: number;
  recency: number;
}

export const blends = {
  /** Relevance decides; the priors part what is about equally relevant, and cannot bury an answer. */
  relevance: { similarity: 1, importance: 0.05, recency: 0.05 },
  /** The message search's contract: 60 % similarity, 30 % importance, 10 % decay. */
  messages: { similarity: 0.6, importance: 0.3, recency: 0.1 },
} as const satisfies Record<string, Blend>;

/** After this many days without anything new a memory counts half as recent. */
export const recencyHalfLifeDays = 30;
