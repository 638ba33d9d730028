import { hasCode } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { ColdDeps } from './cold-memories.ts';
import type { Operation } from './ports.ts';
import { readArchived } from './read-archived.ts';
import { restoreArchived } from './restore-archived.ts';

export interface FinishDeps extends ColdDeps {
  clock: Clock;
}

/** Of one run; the next one takes up the rest. */
const operationsAtOnce = 200;
/** One takes less; one that is cut off is repeated by the next run. */
const operationMs = 5_000;
const keptDays = 7;

/**
 * Ends the operations whose objects Glacier has brought back, and asks again for those that it was not asked for.
 * Several runs at once only do some of it twice.
 * @throws AppError `archive_unavailable`, `store_unavailable`; what was done by then is done
 */
export async function finishRestores(
  deps: FinishDeps,
  deadline: Date,
): Promise<{ running: number; finished: number; failed: number }> {
  const running = await deps.operations.running(operationsAtOnce);
  let [finished, failed] = [0, 0];
  for (const { tenantId, operationId } of running) {
    if (deadline.getTime() - deps.clock.now().getTime() < operationMs) break;
    const operation = await deps.operations.find(tenantId, operationId);
    if (operation?.status !== 'running') continue;
    const outcome = await advance(tenantId, operation, deps);
    if (outcome === 'running') continue;
    await deps.operations.finish(tenantId, operationId, outcome === 'done' ? undefined : outcome);
    if (outcome === 'done') finished += 1;
    else failed += 1;
  }
  await deps.operations.expire(keptDays);
  return { running: running.length - finished - failed, finished, failed };
}

type Outcome = 'running' | 'done' | 'gone' | 'archive_corrupted';

async function advance(tenantId: string, { kind, memoryId }: Operation, deps: FinishDeps): Promise<Outcome> {
  try {
    const reached =
      kind === 'restore'
        ? await restoreArchived(tenantId, memoryId, deps)
        : await readArchived(tenantId, memoryId, 'all', deps);
    if (reached === 'gone') return 'gone';
    if (reached === 'warm' || reached.state === 'read') return 'done';
    await Promise.all(reached.keys.map((key) => askAgain(key, deps)));
    return 'running';
  } catch (error) {
    if (hasCode(error, 'archive_corrupted')) return 'archive_corrupted';
    throw error;
  }
}

/** The request that began the operation may have ended before it could ask. */
async function askAgain(key: string, { memoryArchive }: FinishDeps): Promise<void> {
  if ((await memoryArchive.state(key)) === 'frozen') await memoryArchive.thaw(key);
}
