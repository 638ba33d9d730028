import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { inMemoryTokenBuckets } from '../../../shared/adapters/in-memory/token-buckets.ts';
import type { Rate } from '../../../shared/contracts/tenant-limits.ts';
import { leasedRateLimiter, leaseOf } from '../../../shared/limits/leased-rate-limiter.ts';
import type { TokenBuckets } from '../../../shared/limits/ports.ts';
import { settableClock } from '../../support/settable-clock.ts';

const key = { tenantId: 'acme', name: 'requests' } as const;
const start = '2026-03-01T12:00:00.000Z';

/** One take of one instance, some time after the one before. */
interface Take {
  afterMs: number;
  instance: number;
  count: number;
}

interface Event {
  atMs: number;
  count: number;
  admitted: boolean;
}

async function play(rate: Rate, leaseShare: number, instances: number, takes: readonly Take[]) {
  const clock = settableClock(start);
  const buckets = inMemoryTokenBuckets();
  const limiters = Array.from({ length: instances }, () => leasedRateLimiter({ buckets, clock, leaseShare }));
  const events: Event[] = [];
  for (const { afterMs, instance, count } of takes) {
    clock.advance(afterMs / 1000);
    const taken = await limiters[instance % instances]!.take(key, rate, count);
    events.push({ atMs: clock.now().getTime(), count, admitted: taken.admitted });
  }
  return events;
}

/** By how much the takes of any window go beyond `allowance` + rate × window; 0 when none does. */
function excess(events: readonly Event[], rate: Rate, allowance: number): number {
  let worst = 0;
  for (const [first, from] of events.entries()) {
    let sum = 0;
    for (const to of events.slice(first)) {
      sum += to.count;
      const seconds = (to.atMs - from.atMs) / 1000;
      worst = Math.max(worst, sum - (allowance + rate.perSecond * seconds));
    }
  }
  return worst;
}

const rates = fc.record({
  perSecond: fc.constantFrom(0.5, 1, 3, 7, 50, 1_000),
  burst: fc.integer({ min: 1, max: 120 }),
});
const shares = fc.constantFrom(0, 0.05, 0.3, 1);
/** Dense or sparse, of single tokens or of many at once: what spends a lease is not what lets one lie too long. */
const schedule = fc
  .record({ gapMs: fc.constantFrom(0, 5, 200, 20_000), most: fc.constantFrom(1, 30) })
  .chain(({ gapMs, most }) =>
    fc.array(
      fc.record({
        afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: gapMs })),
        instance: fc.nat(6),
        count: fc.integer({ min: 1, max: most }),
      }),
      { minLength: 1, maxLength: 200, size: 'max' },
    ),
  );

describe('whatever the schedule and however many instances', () => {
  it('no window has more than burst + rate × window + a lease of each instance', () =>
    fc.assert(
      fc.asyncProperty(rates, shares, fc.integer({ min: 1, max: 7 }), schedule, async (...given) => {
        const [rate, share, instances, takes] = given;
        // more than a burst at once is taken as the whole burst
        const fitting = takes.map((take) => ({ ...take, count: Math.min(take.count, rate.burst) }));
        const admitted = (await play(rate, share, instances, fitting)).filter((event) => event.admitted);
        const held = instances * leaseOf(rate, share);
        expect(excess(admitted, rate, rate.burst + held)).toBeLessThan(1e-6);
      }),
      { numRuns: 300 },
    ));

  it('who takes no more than half a burst + rate × window is never refused', () =>
    fc.assert(
      fc.asyncProperty(rates, shares, fc.integer({ min: 1, max: 7 }), schedule, async (...given) => {
        const [rate, share, instances, takes] = given;
        fc.pre(rate.burst >= 2);
        // only those takes of the schedule that a well-behaved tenant would make, a hair below the rate
        const modest: Take[] = [];
        const made: Event[] = [];
        let atMs = 0;
        let pause = 0;
        for (const take of takes) {
          atMs += take.afterMs;
          pause += take.afterMs;
          const event = { atMs, count: take.count, admitted: true };
          const slower = { ...rate, perSecond: rate.perSecond * 0.999 };
          if (excess([...made, event], slower, Math.floor(rate.burst / 2)) > 0) continue;
          made.push(event);
          modest.push({ ...take, afterMs: pause });
          pause = 0;
        }
        const events = await play(rate, share, instances, modest);
        expect(events.filter(({ admitted }) => !admitted)).toEqual([]);
      }),
      { numRuns: 300 },
    ));

  it('one instance alone keeps to that bound also while the buckets come and go', () =>
    fc.assert(
      fc.asyncProperty(
        rates,
        shares,
        schedule,
        fc.array(fc.boolean()),
        async (rate, leaseShare, takes, away) => {
          const clock = settableClock(start);
          const reached = inMemoryTokenBuckets();
          let calls = 0;
          const buckets: TokenBuckets = {
            ...reached,
            // a call that is lost on its way, or whose answer is
            async advance(...call) {
              calls += 1;
              if (!away[calls % away.length]) return reached.advance(...call);
              if (calls % 2 === 0) await reached.advance(...call);
              return undefined;
            },
          };
          const limiter = leasedRateLimiter({ buckets, clock, leaseShare });
          const admitted: Event[] = [];
          for (const take of takes) {
            clock.advance(take.afterMs / 1000);
            const count = Math.min(take.count, rate.burst);
            const taken = await limiter.take(key, rate, count);
            if (taken.admitted) admitted.push({ atMs: clock.now().getTime(), count, admitted: true });
          }
          expect(excess(admitted, rate, rate.burst + leaseOf(rate, leaseShare))).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 300 },
    ));

  it('who waits as long as a refusal says is admitted', () =>
    fc.assert(
      fc.asyncProperty(rates, fc.integer({ min: 1, max: 30 }), async (rate, count) => {
        const clock = settableClock(start);
        const limiter = leasedRateLimiter({ buckets: inMemoryTokenBuckets(), clock });
        for (let round = 0; round < 200; round += 1) {
          const taken = await limiter.take(key, rate, count);
          if (taken.admitted) continue;
          expect(taken.retryAfterSeconds).toBeGreaterThanOrEqual(1);
          expect(Number.isInteger(taken.retryAfterSeconds)).toBe(true);
          expect(taken.available).toBeLessThan(Math.min(count, rate.burst));
          clock.advance(taken.retryAfterSeconds);
          expect(await limiter.take(key, rate, count)).toMatchObject({ admitted: true });
          return;
        }
      }),
    ));
});

describe('what a limiter asks the buckets', () => {
  const counted = () => {
    const buckets = inMemoryTokenBuckets();
    const advance = vi.fn(buckets.advance);
    return { advance, buckets: { ...buckets, advance } satisfies TokenBuckets };
  };

  it('is once for a lease', async () => {
    const { advance, buckets } = counted();
    const limiter = leasedRateLimiter({ buckets, clock: settableClock(start) });
    for (let n = 0; n < 6; n += 1) await limiter.take(key, { perSecond: 50, burst: 100 }, 1);
    expect(advance).toHaveBeenCalledTimes(1);
  });

  it('is once for as many as come at the same time and share a lease', async () => {
    const { advance, buckets } = counted();
    const limiter = leasedRateLimiter({ buckets, clock: settableClock(start) });
    await Promise.all(Array.from({ length: 6 }, () => limiter.take(key, { perSecond: 50, burst: 100 }, 1)));
    expect(advance).toHaveBeenCalledTimes(1);
  });

  it('is nothing for a flood that has been refused', async () => {
    const { advance, buckets } = counted();
    const clock = settableClock(start);
    const limiter = leasedRateLimiter({ buckets, clock });
    const rate = { perSecond: 0.1, burst: 10 };
    while ((await limiter.take(key, rate, 1)).admitted);
    advance.mockClear();
    for (let n = 0; n < 1_000; n += 1) expect((await limiter.take(key, rate, 1)).admitted).toBe(false);
    expect(advance).not.toHaveBeenCalled();
    clock.advance(10);
    expect(await limiter.take(key, rate, 1)).toEqual({ admitted: true, away: false });
  });

  it('is anew when what was taken in advance has lain too long', async () => {
    const { advance, buckets } = counted();
    const clock = settableClock(start);
    const limiter = leasedRateLimiter({ buckets, clock, leaseSeconds: 10 });
    await limiter.take(key, { perSecond: 50, burst: 100 }, 1);
    clock.advance(11);
    await limiter.take(key, { perSecond: 50, burst: 100 }, 1);
    expect(advance).toHaveBeenCalledTimes(2);
  });

  it('is in vain while they are away: an instance goes by what it has admitted itself', async () => {
    const clock = settableClock(start);
    const limiter = leasedRateLimiter({
      buckets: { advance: async () => undefined, arrival: async () => undefined },
      clock,
    });
    const rate = { perSecond: 1, burst: 2 };
    const take = () => limiter.take(key, rate, 1);
    expect([await take(), await take()]).toEqual(Array(2).fill({ admitted: true, away: true }));
    expect(await take()).toEqual({ admitted: false, retryAfterSeconds: 1, available: 0 });
    clock.advance(1);
    expect(await take()).toEqual({ admitted: true, away: true });
    expect((await take()).admitted).toBe(false);
    expect(await limiter.available(key, rate)).toBeUndefined();
  });
});

it('tells how many could be taken', async () => {
  const clock = settableClock(start);
  const limiter = leasedRateLimiter({ buckets: inMemoryTokenBuckets(), clock, leaseShare: 0 });
  const rate = { perSecond: 2, burst: 10 };
  expect(await limiter.available(key, rate)).toBe(10);
  await limiter.take(key, rate, 7);
  expect(await limiter.available(key, rate)).toBe(3);
  clock.advance(1);
  expect(await limiter.available(key, rate)).toBe(5);
  clock.advance(100);
  expect(await limiter.available(key, rate)).toBe(10);
});
