import type * as z from 'zod';
import type { limitsAnswer } from '../contracts/admin/limits.ts';
import type { RateName } from '../contracts/tenant-limits.ts';
import type { LimitDeps } from './take-or-refuse.ts';

/** A tenant's limits and what is left of them. */
export async function describeLimits(
  tenantId: string,
  { rateLimits, tenantLimits }: LimitDeps,
): Promise<z.output<typeof limitsAnswer>> {
  const { limits, memoriesKept } = await tenantLimits.standingOf(tenantId);
  const standing = async (name: RateName) => {
    const available = await rateLimits.available({ tenantId, name }, limits[name]);
    return { ...limits[name], ...(available !== undefined && { available }) };
  };
  const [requests, written] = await Promise.all([standing('requests'), standing('memories-written')]);
  return {
    rates: { requests, 'memories-written': written },
    quotas: { 'memories-kept': { limit: limits['memories-kept'], used: memoriesKept } },
  };
}
