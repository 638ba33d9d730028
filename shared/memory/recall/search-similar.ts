import type * as z from 'zod';
import type { searchAnswer, similarityBody } from '../../contracts/memory/recall.ts';
import { type Clock, elapsedMs } from '../../kernel/clock.ts';
import { presentFields } from '../../kernel/present-fields.ts';
import type { MemoryStore } from '../ports.ts';
import { loadRanked } from '../read/load-ranked.ts';
import { toWire } from '../wire.ts';
import { recencyOf } from './fuse.ts';
import { callerSpace, type RecallIndex } from './ports.ts';

/**
 * Nearest memories by the vectors that callers brought; the score is the cosine, −1 to 1. Memories without such a
 * vector are not found. @throws AppError `dimension_mismatch` with both numbers, `invalid_filter`.
 */
export async function searchSimilar(
  tenantId: string,
  { embedding, limit, threshold = -1, ...scope }: z.output<typeof similarityBody>,
  { recallIndex, memories, clock }: { recallIndex: RecallIndex; memories: MemoryStore; clock: Clock },
): Promise<z.output<typeof searchAnswer>> {
  const started = clock.now();
  const nearest = await recallIndex.nearest(
    tenantId,
    presentFields(scope),
    { space: callerSpace, values: embedding },
    limit,
  );
  const close = nearest.filter((hit) => hit.cosine >= threshold);
  const loaded = await loadRanked(tenantId, close, (hit) => hit.id, memories);
  return {
    results: loaded.map(({ item, memory }) => ({
      memory: toWire(memory),
      score: item.cosine,
      tier: memory.tier,
      arms: { lexical: 0, vector: item.cosine, graph: 0, recency: recencyOf(memory.occurredAt, started) },
    })),
    metadata: { durationMs: elapsedMs(clock, started), candidates: nearest.length },
    warnings: [],
  };
}
