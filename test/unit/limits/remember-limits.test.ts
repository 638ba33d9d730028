import { describe, expect, it, vi } from 'vitest';
import { defaultTenantLimits, type TenantLimits } from '../../../shared/contracts/tenant-limits.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import type { TenantStanding } from '../../../shared/limits/ports.ts';
import { rememberLimits } from '../../../shared/limits/remember-limits.ts';
import { settableClock } from '../../support/settable-clock.ts';

const own: TenantLimits = { ...defaultTenantLimits, requests: { perSecond: 5, burst: 9 } };

function remembering(standingOf: (tenantId: string) => Promise<TenantStanding>) {
  const clock = settableClock('2026-03-01T12:00:00.000Z');
  const reads = vi.fn(standingOf);
  const warn = vi.fn();
  const limits = rememberLimits({
    store: { standingOf: reads },
    defaults: defaultTenantLimits,
    clock,
    logger: { ...silentLogger, warn },
    budgetMs: 20,
  });
  return { limits, clock, reads, warn };
}

describe('the limits of a tenant', () => {
  it('are read once a minute, and once for all who ask at the same time', async () => {
    const { limits, clock, reads } = remembering(async () => ({ limits: own, memoriesKept: 0 }));
    const asked = await Promise.all(Array.from({ length: 20 }, () => limits.limitsOf('acme')));
    expect(asked).toEqual(Array(20).fill(own));
    clock.advance(59);
    await limits.limitsOf('acme');
    expect(reads).toHaveBeenCalledTimes(1);
    clock.advance(2);
    await limits.limitsOf('acme');
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('are each their own', async () => {
    const { limits } = remembering(async (tenantId) => ({
      limits: tenantId === '1' ? own : defaultTenantLimits,
      memoriesKept: 0,
    }));
    expect(await limits.limitsOf('1')).toEqual(own);
    expect(await limits.limitsOf('10')).toEqual(defaultTenantLimits);
  });

  it('are the defaults while they cannot be read, with one attempt a minute', async () => {
    const { limits, clock, reads, warn } = remembering(async () => {
      throw new Error('away');
    });
    for (let n = 0; n < 5; n += 1) expect(await limits.limitsOf('acme')).toEqual(defaultTenantLimits);
    expect([reads.mock.calls.length, warn.mock.calls.length]).toEqual([1, 1]);
    clock.advance(61);
    await limits.limitsOf('acme');
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('stay what they were while they cannot be read', async () => {
    let away = false;
    const { limits, clock } = remembering(async () => {
      if (away) throw new Error('away');
      return { limits: own, memoriesKept: 0 };
    });
    await limits.limitsOf('acme');
    away = true;
    clock.advance(61);
    expect(await limits.limitsOf('acme')).toEqual(own);
  });

  it('do not hold a request up, and are there for the next one', async () => {
    const answer = Promise.withResolvers<TenantStanding>();
    const { limits } = remembering(() => answer.promise);
    expect(await limits.limitsOf('acme')).toEqual(defaultTenantLimits);
    answer.resolve({ limits: own, memoriesKept: 0 });
    await answer.promise;
    await vi.waitFor(async () => expect(await limits.limitsOf('acme')).toEqual(own));
  });
});
