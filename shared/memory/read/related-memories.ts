import type { z } from 'zod';
import type { relatedAnswer, relatedQuery } from '../../contracts/memory/recall.ts';
import { type Clock, elapsedMs } from '../../kernel/clock.ts';
import type { MemoryStore } from '../ports.ts';
import type { MemoryGraph } from '../recall/ports.ts';
import { toWire } from '../wire.ts';
import { currentMemory } from './current-memory.ts';
import { loadRanked } from './load-ranked.ts';

const defaultDepth = 2;
const defaultLimit = 20;

/**
 * Memories reached from one over relationships and shared entities, nearest first. The graph finds them and
 * Postgres answers what they are, so one that the graph still has and Postgres has not is left out.
 *
 * @throws AppError `not_found`, `gone`, `graph_unavailable`.
 */
export async function relatedMemories(
  tenantId: string,
  id: string,
  { depth = defaultDepth, types, limit = defaultLimit }: z.output<typeof relatedQuery>,
  { memories, graph, clock }: { memories: MemoryStore; graph: MemoryGraph; clock: Clock },
): Promise<z.output<typeof relatedAnswer>> {
  const started = clock.now();
  await currentMemory(tenantId, id, memories);
  const hits = await graph.related(tenantId, id, { depth, limit, ...(types && { types }) });
  const loaded = await loadRanked(tenantId, hits, (hit) => hit.id, memories);
  return {
    id,
    related: loaded.map(({ item: { depth: away, weight, path }, memory }) => ({
      memory: toWire(memory),
      depth: away,
      weight,
      path,
    })),
    metadata: { durationMs: elapsedMs(clock, started) },
  };
}
