import type { Memory } from '../model.ts';
import type { MemoryStore } from '../ports.ts';

/** Loads the memories behind ranked ids, in their order. One that went meanwhile is left out. */
export async function loadRanked<T>(
  tenantId: string,
  ranked: readonly T[],
  idOf: (item: T) => string,
  memories: MemoryStore,
): Promise<{ item: T; memory: Memory }[]> {
  if (ranked.length === 0) return [];
  const loaded = await memories.get(tenantId, ranked.map(idOf));
  const live = new Map(
    loaded.filter((memory) => memory.deletedAt === undefined).map((memory) => [memory.id, memory]),
  );
  return ranked.flatMap((item) => {
    const memory = live.get(idOf(item));
    return memory ? [{ item, memory }] : [];
  });
}
