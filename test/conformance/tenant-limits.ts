import { beforeEach, describe, expect, it } from 'vitest';
import { defaultTenantLimits, type TenantLimits } from '../../shared/contracts/tenant-limits.ts';
import type { TenantLimitStore } from '../../shared/limits/ports.ts';
import type { MemoryStore } from '../../shared/memory/ports.ts';
import { newTenant, writeOf } from '../support/store-writes.ts';

export interface LimitsUnderTest {
  store: TenantLimitStore;
  memories: MemoryStore;
  /** As the operator does. */
  override(tenantId: string, limits: TenantLimits): Promise<void>;
}

const own: TenantLimits = {
  requests: { perSecond: 0.5, burst: 7 },
  'memories-written': { perSecond: 12.25, burst: 500 },
  'memories-kept': 9_000_000_000,
};

/** What every store of limits must do, beside the store of memories that it counts. */
export function describeTenantLimits(name: string, make: () => LimitsUnderTest): void {
  describe(`TenantLimitStore: ${name}`, () => {
    let under: LimitsUnderTest;
    let tenant: string;
    beforeEach(() => {
      under = make();
      tenant = newTenant();
    });

    it('gives the defaults to a tenant that nobody knows', async () => {
      expect(await under.store.standingOf(tenant)).toEqual({ limits: defaultTenantLimits, memoriesKept: 0 });
    });

    it('gives what the operator chose, and chose again', async () => {
      await under.override(tenant, own);
      expect((await under.store.standingOf(tenant)).limits).toEqual(own);
      const more = { ...own, 'memories-kept': 1 };
      await under.override(tenant, more);
      expect((await under.store.standingOf(tenant)).limits).toEqual(more);
    });

    it.each([
      ['1', '10'],
      ['a:b', 'a'],
      ['a', 'a '],
      ['a', 'A'],
      ['é', 'e\u0301'],
      ['%', '_'],
    ])('keeps the tenants %j and %j apart', async (one, other) => {
      await under.override(`${tenant}${one}`, own);
      expect((await under.store.standingOf(`${tenant}${other}`)).limits).toEqual(defaultTenantLimits);
      expect((await under.store.standingOf(`${tenant}${one}`)).limits).toEqual(own);
    });

    it('counts the memories that the tenant keeps', async () => {
      const writes = Array.from({ length: 5 }, () => writeOf());
      const { outcomes } = await under.memories.write({ tenantId: tenant, actor: 'tester', writes });
      const [first] = outcomes;
      await under.memories.write({ tenantId: newTenant(), actor: 'tester', writes: [writeOf()] });
      expect((await under.store.standingOf(tenant)).memoriesKept).toBe(5);
      await under.memories.erase({ tenantId: tenant, items: [{ id: first?.ok ? first.id : '' }] });
      expect((await under.store.standingOf(tenant)).memoriesKept).toBe(4);
    });
  });
}
