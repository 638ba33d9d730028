import type * as z from 'zod';
import type { SearchBody, searchAnswer } from '../../contracts/memory/recall.ts';
import { AppError } from '../../kernel/app-error.ts';
import { elapsedMs } from '../../kernel/clock.ts';
import { presentFields } from '../../kernel/present-fields.ts';
import type { MemoryStore } from '../ports.ts';
import { loadRanked } from '../read/load-ranked.ts';
import { toWire } from '../wire.ts';
import type { Ranked } from './fuse.ts';
import { type RecallDeps, recall } from './recall.ts';
import { type Blend, blends } from './weights.ts';

export interface SearchDeps extends RecallDeps {
  memories: MemoryStore;
}

function blendOf(weights: SearchBody['weights']): Blend {
  const blend = { ...blends.relevance, ...presentFields(weights ?? {}) };
  if (blend.similarity + blend.importance + blend.recency > 0) return blend;
  throw new AppError('validation_failed', 'At least one of the weights must be above 0.', {
    details: { field: 'weights' },
  });
}

const armsOf = ({ components, candidate, recency }: Ranked) => ({
  lexical: components.own.normalized,
  vector: candidate.cosine ?? 0,
  graph: candidate.graph,
  recency,
});

/**
 * Hybrid recall. Scores are 0 to 1 and compare within one answer, not between queries.
 * @throws AppError `validation_failed`, `dimension_mismatch`, `invalid_filter`.
 */
export async function searchMemories(
  tenantId: string,
  { query, embedding, limit, threshold = 0, weights, asOf, explain, ...scope }: SearchBody,
  deps: SearchDeps,
): Promise<z.output<typeof searchAnswer>> {
  const started = deps.clock.now();
  if (asOf !== undefined) {
    throw new AppError(
      'validation_failed',
      'asOf is not supported by search; leave it out, or read the versions of a memory.',
      { details: { field: 'asOf' } },
    );
  }
  const { ranked, candidates, warnings } = await recall(
    tenantId,
    { scope: presentFields(scope), ...presentFields({ query, embedding }), blend: blendOf(weights), limit },
    deps,
  );
  const best = ranked.filter((hit) => hit.score >= threshold).slice(0, limit);
  const loaded = await loadRanked(tenantId, best, (hit) => hit.candidate.id, deps.memories);
  return {
    results: loaded.map(({ item, memory }) => ({
      memory: toWire(memory),
      score: item.score,
      tier: memory.tier,
      arms: armsOf(item),
      ...(explain && { explain: { ...item.components } }),
    })),
    metadata: { durationMs: elapsedMs(deps.clock, started), candidates },
    warnings,
  };
}
