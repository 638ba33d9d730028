import { describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import { leasedRateLimiter } from '../../shared/limits/leased-rate-limiter.ts';
import type { BucketKey, TokenBuckets } from '../../shared/limits/ports.ts';
import { settableClock } from '../support/settable-clock.ts';

const now = 1_772_366_400_000_000;
const second = 1_000_000;

/** What every store of token buckets must do. Tenants are named anew by each test, so that a store may be shared. */
export function describeTokenBuckets(name: string, make: () => TokenBuckets): void {
  const newKey = (tenantId: string = newId()): BucketKey => ({ tenantId, name: 'requests' });

  describe(`TokenBuckets: ${name}`, () => {
    it('begins with a full bucket', async () => {
      const buckets = make();
      const key = newKey();
      expect(await buckets.arrival(key)).toBe(0);
      expect(await buckets.advance(key, { now, cost: second, reach: 3 * second, known: 0 })).toEqual({
        moved: true,
        arrival: now + second,
      });
      expect(await buckets.arrival(key)).toBe(now + second);
    });

    it('moves on from where it is, up to its reach and not beyond', async () => {
      const buckets = make();
      const key = newKey();
      const step = { now, cost: second, reach: 2 * second, known: 0 };
      await buckets.advance(key, step);
      expect(await buckets.advance(key, step)).toEqual({ moved: true, arrival: now + 2 * second });
      expect(await buckets.advance(key, step)).toEqual({ moved: false, arrival: now + 2 * second });
      expect(await buckets.advance(key, { ...step, now: now + second })).toEqual({
        moved: true,
        arrival: now + 3 * second,
      });
    });

    it('fills up while nobody takes, and no further than full', async () => {
      const buckets = make();
      const key = newKey();
      await buckets.advance(key, { now, cost: 5 * second, reach: 5 * second, known: 0 });
      const later = now + 3_600 * second;
      expect(await buckets.advance(key, { now: later, cost: second, reach: 5 * second, known: 0 })).toEqual({
        moved: true,
        arrival: later + second,
      });
    });

    it.each([0, now - second, now, now + second, now + 9 * second])(
      'does the same whatever the caller believes: %d',
      async (known) => {
        const buckets = make();
        const key = newKey();
        const step = { now, cost: second, reach: 2 * second, known };
        const answers = [];
        for (let n = 0; n < 3; n += 1) answers.push(await buckets.advance(key, step));
        expect(answers).toEqual([
          { moved: true, arrival: now + second },
          { moved: true, arrival: now + 2 * second },
          { moved: false, arrival: now + 2 * second },
        ]);
        const later = { ...step, now: now + 60 * second };
        expect(await buckets.advance(key, later)).toEqual({ moved: true, arrival: now + 61 * second });
      },
    );

    it('does not move where even a full bucket has too little', async () => {
      const buckets = make();
      const key = newKey();
      const answer = await buckets.advance(key, { now, cost: 2 * second, reach: second, known: 0 });
      expect(answer).toEqual({ moved: false, arrival: 0 });
      expect(await buckets.arrival(key)).toBe(0);
    });

    it('keeps the limits of one tenant apart', async () => {
      const buckets = make();
      const key = newKey();
      await buckets.advance(key, { now, cost: second, reach: second, known: 0 });
      expect(await buckets.arrival({ ...key, name: 'memories-written' })).toBe(0);
    });

    it.each([
      ['1', '10'],
      ['a:b', 'a'],
      ['a', 'a '],
      ['a', 'A'],
      ['é', 'e\u0301'],
      ['%', '_'],
      ['a', '["a"]'],
    ])('keeps the tenants %j and %j apart', async (one, other) => {
      const buckets = make();
      const run = newId();
      await buckets.advance(newKey(`${run}${one}`), { now, cost: second, reach: second, known: 0 });
      expect(await buckets.arrival(newKey(`${run}${other}`))).toBe(0);
      expect(await buckets.arrival(newKey(`${run}${one}`))).toBe(now + second);
    });

    it('admits exactly the burst of as many as come at once, when nobody takes in advance', async () => {
      const buckets = make();
      const key = newKey();
      const clock = settableClock('2026-03-01T12:00:00.000Z');
      const rate = { perSecond: 1, burst: 20 };
      const instances = Array.from({ length: 10 }, () =>
        leasedRateLimiter({ buckets, clock, leaseShare: 0 }),
      );
      const takes = instances.flatMap((instance) =>
        Array.from({ length: 5 }, () => instance.take(key, rate, 1)),
      );
      const admitted = (await Promise.all(takes)).filter((taken) => taken.admitted);
      expect(admitted).toEqual(Array(20).fill({ admitted: true, away: false }));
    });
  });
}
