import type { Memory } from '../model.ts';
import type { ColdMemories, MemoryStore, Thawing } from '../ports.ts';
import { currentMemory } from '../read/current-memory.ts';

/**
 * Makes a cold memory warm again; one that is warm stays as it is. Answers the memory, or the operation that restores
 * it as soon as Glacier has brought it back.
 *
 * @throws AppError `not_found`, `gone`; those of the archive
 */
export async function restoreMemory(
  tenantId: string,
  id: string,
  { memories, coldMemories }: { memories: MemoryStore; coldMemories: ColdMemories },
): Promise<{ memory: Memory } | Thawing> {
  const memory = await currentMemory(tenantId, id, memories);
  if (!memory.archived) return { memory };
  const thawing = await coldMemories.restore(tenantId, id);
  return thawing ?? { memory: await currentMemory(tenantId, id, memories) };
}
