import type { EntityType, RelationshipType } from '../../contracts/memory/model.ts';
import type { MemoryScope } from '../ports.ts';

/** The name of the space in which vectors that callers bring live. */
export const callerSpace = 'caller';

export interface Vector {
  /** Name of the space: vectors of different spaces are never compared. */
  space: string;
  /** Unit length is not required; the store normalises. */
  values: number[];
}

/** Lexical, vector, graph and recency evidence for one memory; what recall fuses. */
export interface Candidate {
  id: string;
  author?: string;
  /** BM25 of the memory's own text, of the turn before it, and of its episode; 0 without a match. */
  own: number;
  previous: number;
  episode: number;
  /** Cosine with the query; absent without a vector on either side. */
  cosine?: number;
  /** 0 to 1 from the graph arm. */
  graph: number;
  words: number;
  /** 0 to 1. */
  importance: number;
  occurredAt: string;
}

export interface RecallQuery {
  scope: MemoryScope;
  /** Text for BM25, names of known authors already taken out. */
  text?: string;
  vector?: Vector;
  graphHits: { id: string; score: number }[];
  /** Most candidates that each arm brings where the scope is too large to score whole. */
  poolSize: number;
}

/**
 * Evidence for recall from the store that decides; each method is one round trip.
 * Errors: `invalid_filter` for a filter that does not fit its field, `store_unavailable` (retryable).
 */
export interface RecallIndex {
  /**
   * Candidates of the scope with the evidence for each, in no order. BM25 counts over the whole scope where it is
   * small enough to score whole, else over the tenant.
   * @throws AppError `dimension_mismatch` when the vector does not fit its space.
   */
  candidates(tenantId: string, query: RecallQuery): Promise<Candidate[]>;
  /** Which of these names (lower case) are authors in the scope, in one spelling each. */
  knownAuthors(tenantId: string, scope: MemoryScope, names: string[]): Promise<string[]>;
  /** Nearest by cosine in one space, exact. @throws AppError `dimension_mismatch` with both numbers. */
  nearest(
    tenantId: string,
    scope: MemoryScope,
    vector: Vector,
    limit: number,
  ): Promise<{ id: string; cosine: number }[]>;
  /** The last turns of a conversation, oldest first. */
  recentTurns(tenantId: string, conversationId: string, limit: number): Promise<string[]>;
}

/** How often terms occur in a tenant's memories, for scopes too large to count at every search. */
export interface RecallStatistics {
  /** Tenants whose counts are out of date, those never counted first. */
  stale(limit: number): Promise<string[]>;
  /** Counts anew; answers the number of terms kept, 0 when another run is counting the tenant. */
  refresh(tenantId: string): Promise<number>;
}

export interface RelatedHit {
  id: string;
  /** Edges from the start. */
  depth: number;
  /** Product of the weights on the way. */
  weight: number;
  path: { type: string; from: string; to: string; weight: number }[];
}

/** Traversal of the projection. @throws AppError `graph_unavailable` (retryable). */
export interface MemoryGraph {
  related(
    tenantId: string,
    id: string,
    options: { depth: number; types?: (RelationshipType | 'MENTIONS')[]; limit: number },
  ): Promise<RelatedHit[]>;
  /** Memories that mention the entities, and those that share rare entities with them; score 0 to 1. */
  recallByEntities(
    tenantId: string,
    entities: { type: EntityType; normalized: string }[],
    limit: number,
  ): Promise<{ id: string; score: number }[]>;
}
