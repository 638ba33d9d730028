import { inMemoryTenantLimits } from '../../shared/adapters/in-memory/tenant-limits.ts';
import { inMemoryTokenBuckets } from '../../shared/adapters/in-memory/token-buckets.ts';
import { defaultTenantLimits, type TenantLimits } from '../../shared/contracts/tenant-limits.ts';
import { type Clock, systemClock } from '../../shared/kernel/clock.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { leasedRateLimiter } from '../../shared/limits/leased-rate-limiter.ts';
import type { TokenBuckets } from '../../shared/limits/ports.ts';
import { rememberLimits } from '../../shared/limits/remember-limits.ts';
import type { LimitDeps } from '../../shared/limits/take-or-refuse.ts';

/** The ports of limits in this process's memory, with these in the place of the defaults. */
export function limitDeps(
  limits: Partial<TenantLimits> = {},
  { clock = systemClock, buckets = inMemoryTokenBuckets() }: { clock?: Clock; buckets?: TokenBuckets } = {},
): LimitDeps & { tenants: ReturnType<typeof inMemoryTenantLimits> } {
  const defaults = { ...defaultTenantLimits, ...limits };
  const tenants = inMemoryTenantLimits(defaults);
  return {
    tenants,
    rateLimits: leasedRateLimiter({ buckets, clock }),
    tenantLimits: rememberLimits({ store: tenants, defaults, clock, logger: silentLogger }),
  };
}
