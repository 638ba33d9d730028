import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { hasCode } from '../../kernel/app-error.ts';
import type { Memory } from '../model.ts';
import { gone, notFound } from '../read/current-memory.ts';
import { type CommitResult, commitWrites, failure } from './commit-writes.ts';
import type { WriteContext, WriteDeps } from './context.ts';
import type { Draft } from './derive.ts';

/**
 * Of writers that meet, one succeeds at a time: enough tries for twenty of them, apart by chance so that few meet
 * again. After the last one the caller hears of the conflict.
 */
const onNewerVersions = retry(
  handleWhen((error) => hasCode(error, 'version_conflict')),
  { maxAttempts: 20, backoff: new ExponentialBackoff({ initialDelay: 5, maxDelay: 200 }) },
);

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
  const attempt = async () => {
    const [current] = await deps.memories.get(context.tenantId, [id], { uncounted: true });
    if (!current) throw notFound();
    // with a key this may be the repetition of the very change that deleted it, which the store alone can tell
    if (current.deletedAt !== undefined && context.idempotency === undefined) throw gone();
    const draft = { ...change(current), expectedVersion: context.ifMatch ?? current.version };
    const result = await commitWrites(context, [draft], deps, current);
    const [item] = result.items;
    if (item?.ok === false) throw failure(item);
    return result;
  };
  return context.ifMatch === undefined ? onNewerVersions.execute(attempt) : attempt();
}
