import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Memory, MemoryState } from '../model.ts';
import type { ColdMemories, MemoryCache, MemoryStore, Thawing } from '../ports.ts';
import { gone, notFound } from './current-memory.ts';

export interface GetDeps {
  memories: MemoryStore;
  hotCache: MemoryCache;
  coldMemories: ColdMemories;
  clock: Clock;
}

/**
 * Reads one memory, from the cache where it is there. The caller's vector is in Postgres alone. A hit within the
 * cache's minute does not count as an access of its own. A cold memory is read from the archive, or answered by the
 * operation that brings it back; it is not cached, because an entry would outlive its restore.
 *
 * @throws AppError `not_found`; `gone` when it was deleted softly; those of the archive.
 */
export async function getMemory(
  tenantId: string,
  id: string,
  options: { embedding: boolean },
  { memories, hotCache, coldMemories, clock }: GetDeps,
  attempts = 3,
): Promise<{ memory: Memory } | Thawing> {
  const cached = options.embedding ? undefined : await hotCache.get(tenantId, id);
  // a tombstone refuses late fills; whether the memory was marked or erased only Postgres knows
  if (cached !== undefined && cached !== 'deleted') {
    if (cached.expiresAt !== undefined && cached.expiresAt <= clock.now().toISOString()) throw notFound();
    return { memory: { ...cached, tier: 'hot' } };
  }
  const [memory] = await memories.get(tenantId, [id], { embedding: options.embedding });
  if (!memory) throw notFound();
  if (memory.deletedAt !== undefined) throw gone();
  if (memory.archived) {
    const whole = await fromArchive(tenantId, memory, memory.archived, options, coldMemories);
    if (whole) return whole;
    if (attempts === 1) throw new AppError('internal', 'The catalogue names no entry of a cold memory.');
    // restored between the two reads: it is not cold any more
    return getMemory(tenantId, id, options, { memories, hotCache, coldMemories, clock }, attempts - 1);
  }
  if (!options.embedding) await hotCache.put(tenantId, [memory]);
  return { memory };
}

async function fromArchive(
  tenantId: string,
  memory: Memory,
  archived: NonNullable<Memory['archived']>,
  options: { embedding: boolean },
  coldMemories: ColdMemories,
): Promise<{ memory: Memory } | Thawing | undefined> {
  // a short content is in the catalogue whole
  if (!archived.excerpt && !options.embedding) return { memory };
  const current = await coldMemories.current(tenantId, memory.id);
  if (current === undefined || 'operation' in current) return current;
  const { content } = current.version.state as unknown as MemoryState;
  const { embedding } = current;
  return {
    memory: {
      ...memory,
      content,
      archived: { at: archived.at, excerpt: false },
      ...(options.embedding && embedding && { embedding }),
    },
  };
}
