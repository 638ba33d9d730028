import { chunksOf } from '../kernel/chunks-of.ts';
import type { Logger } from '../kernel/logger.ts';
import type { GraphChangeQueue, SyncState } from './ports.ts';

export interface SweepPorts {
  syncState: SyncState;
  graphChanges: GraphChangeQueue;
  logger: Logger;
}

/** Long enough for the inline attempt and the queue to have done it. */
const olderThanSeconds = 30;
/** Of one run; the next one takes up the rest. */
const sweptAtOnce = 1_000;
const sentAtOnce = 100;

/**
 * Sends every memory again whose projection has been behind for too long: the repair of lost messages, and of
 * writes whose process ended between the commit and the message. Several at once only send some twice.
 * Then measures how far the graph is behind, over all tenants.
 * @returns `behind`: of those, how many were found; `lagSeconds`: the age of the oldest version that is missing
 * @throws AppError `store_unavailable` when Postgres or the queue fails; what was sent by then is sent
 */
export async function sweepSync({ syncState, graphChanges, logger }: SweepPorts): Promise<{
  behind: number;
  sent: number;
  lagSeconds: number;
  syncPercentage: number;
}> {
  const behind = await syncState.behind(olderThanSeconds, sweptAtOnce);
  let sent = 0;
  try {
    for (const chunk of chunksOf(behind, sentAtOnce)) {
      await graphChanges.send(chunk.map((pending) => ({ schemaVersion: 1, ...pending })));
      sent += chunk.length;
    }
  } finally {
    if (behind.length > 0) logger.info('sent projections that were behind', { behind: behind.length, sent });
  }
  return { behind: behind.length, sent, ...measured(await syncState.overview()) };
}

/** A percentage of the versions that the graph has: 100 where there is nothing to have. */
const measured = ({ memories, behind, lagSeconds }: Awaited<ReturnType<SyncState['overview']>>) => ({
  lagSeconds: Math.round(lagSeconds),
  syncPercentage: memories === 0 ? 100 : (100 * (memories - behind)) / memories,
});
