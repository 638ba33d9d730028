import type { Clock } from '../../kernel/clock.ts';
import type { RecallStatistics } from './ports.ts';

/** Of one run; the next one takes up the rest. */
const tenantsAtOnce = 100;
/** Counting a tenant takes less; one that is cut off is counted by the next run. */
const tenantMs = 10_000;

/**
 * Counts the terms of every tenant whose counts are out of date, until the deadline is near. Searches go on with
 * the counts before meanwhile. @throws AppError `store_unavailable`; what was counted by then stands
 */
export async function refreshStatistics(
  { recallStatistics, clock }: { recallStatistics: RecallStatistics; clock: Clock },
  deadline: Date,
): Promise<{ stale: number; refreshed: number }> {
  const stale = await recallStatistics.stale(tenantsAtOnce);
  let refreshed = 0;
  for (const tenantId of stale) {
    if (deadline.getTime() - clock.now().getTime() < tenantMs) break;
    await recallStatistics.refresh(tenantId);
    refreshed += 1;
  }
  return { stale: stale.length, refreshed };
}
