import type { RateName } from '../contracts/tenant-limits.ts';
import { type LimitDeps, takeOrRefuse } from '../limits/take-or-refuse.ts';
import { tally } from './observability/invocation.ts';

/** Takes from a rate of the tenant; that nobody could be asked is counted. @throws AppError `rate_limited` */
export async function limitRate(
  tenantId: string,
  name: RateName,
  count: number,
  deps: LimitDeps,
): Promise<void> {
  const { away } = await takeOrRefuse(tenantId, name, count, deps);
  if (away) tally('limiterAway');
}
