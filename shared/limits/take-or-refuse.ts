import type { RateName } from '../contracts/tenant-limits.ts';
import { AppError } from '../kernel/app-error.ts';
import type { KnownLimits, RateLimiter } from './ports.ts';

export interface LimitDeps {
  rateLimits: RateLimiter;
  tenantLimits: KnownLimits;
}

/**
 * Takes `count` from a rate of the tenant.
 * @returns whether nobody could be asked, so that it was let through
 * @throws AppError `rate_limited` (retryable) with the limit's name, its rate and when to come again
 */
export async function takeOrRefuse(
  tenantId: string,
  name: RateName,
  count: number,
  { rateLimits, tenantLimits }: LimitDeps,
): Promise<{ away: boolean }> {
  const { [name]: rate } = await tenantLimits.limitsOf(tenantId);
  const taken = await rateLimits.take({ tenantId, name }, rate, count);
  if (taken.admitted) return { away: taken.away };
  const { perSecond, burst } = rate;
  const { retryAfterSeconds, available } = taken;
  throw new AppError(
    'rate_limited',
    `The tenant's limit ${name} is ${perSecond} a second and ${burst} at once; try again in ${retryAfterSeconds} s.`,
    { retryable: true, details: { limit: name, perSecond, burst, available, retryAfterSeconds } },
  );
}
