import type { Clock } from '../../kernel/clock.ts';
import type { Memory } from '../model.ts';
import type { MemoryCache, MemoryStore } from '../ports.ts';
import { gone, notFound } from './current-memory.ts';

export interface GetDeps {
  memories: MemoryStore;
  hotCache: MemoryCache;
  clock: Clock;
}

/**
 * Reads one memory, from the cache where it is there. The caller's vector is in Postgres alone. A hit within the
 * cache's minute does not count as an access of its own.
 *
 * @throws AppError `not_found`; `gone` when it was deleted softly.
 */
export async function getMemory(
  tenantId: string,
  id: string,
  options: { embedding: boolean },
  { memories, hotCache, clock }: GetDeps,
): Promise<Memory> {
  const cached = options.embedding ? undefined : await hotCache.get(tenantId, id);
  // a tombstone refuses late fills; whether the memory was marked or erased only Postgres knows
  if (cached !== undefined && cached !== 'deleted') {
    if (cached.expiresAt !== undefined && cached.expiresAt <= clock.now().toISOString()) throw notFound();
    return { ...cached, tier: 'hot' };
  }
  const [memory] = await memories.get(tenantId, [id], { embedding: options.embedding });
  if (!memory) throw notFound();
  if (memory.deletedAt !== undefined) throw gone();
  if (!options.embedding) await hotCache.put(tenantId, [memory]);
  return memory;
}
