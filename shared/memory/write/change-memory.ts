import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { AppError, hasCode } from '../../kernel/app-error.ts';
import type { Memory } from '../model.ts';
import type { ColdMemories } from '../ports.ts';
import { gone, notFound } from '../read/current-memory.ts';
import { type CommitResult, commitWrites, failure } from './commit-writes.ts';
import type { WriteContext, WriteDeps } from './context.ts';
import type { Draft } from './derive.ts';

export interface ChangeDeps extends WriteDeps {
  coldMemories: ColdMemories;
}

export interface ChangeContext extends WriteContext {
  ifMatch?: number;
  /** The next state needs nothing of the content, so that a cold memory is changed as it is. */
  excerptSuffices?: boolean;
}

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
 * With `ifMatch` a conflict is the caller's to resolve; without, the change is repeated on what is there now. A cold
 * memory is made warm before, or is being brought back and cannot be changed yet.
 *
 * @throws AppError `not_found`, `gone`, `memory_archived`, and those of the write
 */
export async function changeMemory(
  id: string,
  change: (current: Memory) => Omit<Draft, 'expectedVersion'>,
  context: ChangeContext,
  deps: ChangeDeps,
): Promise<CommitResult> {
  const attempt = async () => {
    const current = await readForChange(id, context, deps);
    const draft = { ...change(current), expectedVersion: context.ifMatch ?? current.version };
    const result = await commitWrites(context, [draft], deps, current);
    const [item] = result.items;
    if (item?.ok === false) throw failure(item);
    return result;
  };
  return context.ifMatch === undefined ? onNewerVersions.execute(attempt) : attempt();
}

/** It may be archived again right after it was restored. */
async function readForChange(
  id: string,
  context: ChangeContext,
  deps: ChangeDeps,
  tries = 3,
): Promise<Memory> {
  const [current] = await deps.memories.get(context.tenantId, [id], { uncounted: true });
  if (!current) throw notFound();
  if (current.deletedAt !== undefined) {
    // with a key this may be the repetition of the very change that deleted it, which the store alone can tell
    if (context.idempotency === undefined) throw gone();
    return current;
  }
  if (!current.archived || context.excerptSuffices) return current;
  if (tries === 1) throw busy();
  const thawing = await deps.coldMemories.restore(context.tenantId, id);
  if (thawing === undefined) return readForChange(id, context, deps, tries - 1);
  const { operationId } = thawing.operation;
  throw new AppError(
    'memory_archived',
    'This memory is in the archive and is being restored; repeat the change when the operation has succeeded.',
    { details: { operationId } },
  );
}

const busy = () =>
  new AppError('store_unavailable', 'The memory is being moved between the tiers; try again.', {
    retryable: true,
  });
