import type { Clock } from '../../kernel/clock.ts';
import { candidateNames, withoutNames } from '../first-person.ts';
import type { Embedder, MemoryScope } from '../ports.ts';
import type { Warning } from '../warning.ts';
import { fuse, type Ranked } from './fuse.ts';
import { type GraphArm, type GraphArmDeps, graphArm } from './graph-arm.ts';
import { callerSpace, type RecallIndex, type Vector } from './ports.ts';
import { queryVector } from './query-vector.ts';
import { type Blend, weightsFor } from './weights.ts';

export interface RecallDeps extends GraphArmDeps {
  recallIndex: RecallIndex;
  embedder: Embedder;
  clock: Clock;
}

export interface RecallRequest {
  scope: MemoryScope;
  query?: string;
  /** A vector of the caller's own model: it takes the place of the query's. */
  embedding?: number[];
  blend: Blend;
  /** Results that the caller wants. */
  limit: number;
}

export interface Recall {
  /** Best first: every candidate with any evidence. */
  ranked: Ranked[];
  candidates: number;
  warnings: Warning[];
}

const pool = 100;

interface Question {
  text?: string;
  vector?: Vector;
  /** Authors whom the query names, each in one spelling. */
  names: string[];
  warning?: Warning;
}

/**
 * What the query asks of each arm. The names of authors are taken out of the words and of the vector, because
 * either is drawn to everything that names them; the author is matched as a field instead.
 */
async function questionOf(tenantId: string, request: RecallRequest, deps: RecallDeps): Promise<Question> {
  const given: Vector | undefined = request.embedding && { space: callerSpace, values: request.embedding };
  if (request.query === undefined) return { names: [], ...(given && { vector: given }) };
  const candidates = candidateNames(request.query);
  const names =
    candidates.length === 0 ? [] : await deps.recallIndex.knownAuthors(tenantId, request.scope, candidates);
  const asked = given ? { vector: given } : await queryVector(request.query, names, deps);
  return { text: withoutNames(request.query, names), names, ...asked };
}

/**
 * Finds memories by words, vector, graph and recency at once and ranks them (docs/recall.md).
 * @throws AppError `dimension_mismatch`, `invalid_filter`, `store_unavailable`.
 */
export async function recall(tenantId: string, request: RecallRequest, deps: RecallDeps): Promise<Recall> {
  const [question, graph] = await Promise.all([
    questionOf(tenantId, request, deps),
    request.query === undefined
      ? ({ hits: [] } satisfies GraphArm as GraphArm)
      : graphArm(tenantId, request.query, deps),
  ]);
  const candidates = await deps.recallIndex.candidates(tenantId, {
    scope: request.scope,
    graphHits: graph.hits,
    poolSize: Math.max(pool, request.limit),
    ...(question.text !== undefined && { text: question.text }),
    ...(question.vector && { vector: question.vector }),
  });
  const authors = new Set(question.names.map((name) => name.toLowerCase()));
  const [author] = authors;
  return {
    ranked: fuse(candidates, {
      weights: weightsFor(question.vector?.space ?? deps.embedder.space),
      blend: request.blend,
      now: deps.clock.now(),
      // of two named people neither is preferred
      ...(author !== undefined && authors.size === 1 && { author }),
    }),
    candidates: candidates.length,
    warnings: [question.warning, graph.warning].filter((warning) => warning !== undefined),
  };
}
