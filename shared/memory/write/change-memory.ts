import { AppError, hasCode } from '../../kernel/app-error.ts';
import type { Memory } from '../model.ts';
import { type CommitResult, commitWrites, failure } from './commit-writes.ts';
import type { WriteContext, WriteDeps } from './context.ts';
import type { Draft } from './derive.ts';

/** How often a change is repeated on a newer version before the caller hears of the conflict. */
const attempts = 5;

export const notFound = () => new AppError('not_found', 'There is no memory with this id.');
export const gone = () => new AppError('gone', 'This memory was deleted.');

/** The memory as it is now. @throws AppError `not_found`, `gone`. */
export async function currentMemory(
  tenantId: string,
  id: string,
  deps: Pick<WriteDeps, 'memories'>,
): Promise<Memory> {
  const [memory] = await deps.memories.get(tenantId, [id], { uncounted: true });
  if (!memory) throw notFound();
  if (memory.deletedAt !== undefined) throw gone();
  return memory;
}

/**
 * Reads a memory, lets `change` make its next state, and writes that if the memory is still at the version read.
 * With `ifMatch` a conflict is the caller's to resolve; without, the change is repeated on what is there now.
 */
export async function changeMemory(
  id: string,
  change: (current: Memory) => Omit<Draft, 'expectedVersion'>,
  context: WriteContext & { ifMatch?: number },
  deps: WriteDeps,
): Promise<CommitResult> {
  for (let attempt = 1; ; attempt += 1) {
    const [current] = await deps.memories.get(context.tenantId, [id], { uncounted: true });
    if (!current) throw notFound();
    // with a key this may be the repetition of the very change that deleted it, which the store alone can tell
    if (current.deletedAt !== undefined && context.idempotency === undefined) throw gone();
    const draft = { ...change(current), expectedVersion: context.ifMatch ?? current.version };
    const result = await commitWrites(context, [draft], deps, current);
    const [item] = result.items;
    if (item?.ok !== false) return result;
    const error = failure(item);
    if (!hasCode(error, 'version_conflict') || context.ifMatch !== undefined || attempt === attempts)
      throw error;
  }
}
