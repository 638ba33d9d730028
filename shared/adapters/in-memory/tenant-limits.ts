import type { TenantLimits } from '../../contracts/tenant-limits.ts';
import type { TenantLimitStore } from '../../limits/ports.ts';

export interface InMemoryTenantLimits extends TenantLimitStore {
  /** As the operator does. */
  override(tenantId: string, limits: TenantLimits): void;
}

/** @param memoriesKept counts what a tenant keeps, in whatever keeps it. */
export function inMemoryTenantLimits(
  defaults: TenantLimits,
  memoriesKept: (tenantId: string) => number = () => 0,
): InMemoryTenantLimits {
  const chosen = new Map<string, TenantLimits>();
  return {
    override: (tenantId, limits) => void chosen.set(tenantId, limits),
    standingOf: async (tenantId) => ({
      limits: chosen.get(tenantId) ?? defaults,
      memoriesKept: memoriesKept(tenantId),
    }),
  };
}
