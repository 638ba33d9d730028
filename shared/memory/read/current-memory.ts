import { AppError } from '../../kernel/app-error.ts';
import type { Memory } from '../model.ts';
import type { MemoryStore } from '../ports.ts';

export const notFound = () => new AppError('not_found', 'There is no memory with this id.');
export const gone = () => new AppError('gone', 'This memory was deleted.');

/** The memory as it is now. @throws AppError `not_found`, `gone`. */
export async function currentMemory(tenantId: string, id: string, memories: MemoryStore): Promise<Memory> {
  const [memory] = await memories.get(tenantId, [id], { uncounted: true });
  if (!memory) throw notFound();
  if (memory.deletedAt !== undefined) throw gone();
  return memory;
}
