import { describe, expect, it } from 'vitest';
import { inMemoryMemoryStore } from '../../../shared/adapters/in-memory/memory-store.ts';
import { memoriesKept } from '../../../shared/adapters/in-memory/store/quota.ts';
import { inMemoryState, tenantOf } from '../../../shared/adapters/in-memory/store/state.ts';
import { inMemoryTenantLimits } from '../../../shared/adapters/in-memory/tenant-limits.ts';
import {
  defaultTenantLimits,
  limitsConfig,
  limitsEnvironment,
  limitsOf,
  tenantLimits,
} from '../../../shared/contracts/tenant-limits.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { describeTenantLimits } from '../../conformance/tenant-limits.ts';

describeTenantLimits('in memory', () => {
  const state = inMemoryState(systemClock);
  const store = inMemoryTenantLimits(defaultTenantLimits, (tenant) => memoriesKept(tenantOf(state, tenant)));
  return {
    store,
    memories: inMemoryMemoryStore(state),
    override: async (tenant, limits) => store.override(tenant, limits),
  };
});

describe('the limits of a stage', () => {
  it('come out of the environment as they went in', () => {
    const given = {
      requests: { perSecond: 0.25, burst: 3 },
      'memories-written': { perSecond: 7, burst: 501 },
      'memories-kept': 0,
    };
    expect(limitsOf(limitsConfig.parse(limitsEnvironment(given)))).toEqual(given);
    expect(limitsOf(limitsConfig.parse({}))).toEqual(defaultTenantLimits);
  });

  it.each([
    ['LIMIT_REQUESTS_PER_SECOND', '0'],
    ['LIMIT_REQUESTS_PER_SECOND', 'many'],
    ['LIMIT_REQUESTS_BURST', '1.5'],
    // a full batch could never be stored
    ['LIMIT_MEMORIES_WRITTEN_BURST', '499'],
    ['LIMIT_MEMORIES_KEPT', '-1'],
  ])('cannot be %s=%s', (name, value) => {
    expect(limitsConfig.safeParse({ [name]: value }).error?.issues[0]?.path).toEqual([name]);
  });

  it('are valid by default', () => {
    expect(tenantLimits.parse(defaultTenantLimits)).toEqual(defaultTenantLimits);
  });
});
