import type { Rate } from '../contracts/tenant-limits.ts';
import type { Clock } from '../kernel/clock.ts';
import { leastRecent } from '../kernel/least-recent.ts';
import { costOf, microsecondsOf, tokensAt, waitFor, wholeSeconds } from './gcra.ts';
import type { BucketKey, RateLimiter, Taken, TokenBuckets } from './ports.ts';

export interface LeasedRateLimiterOptions {
  buckets: TokenBuckets;
  clock: Clock;
  /** The part of a burst that an instance takes in advance; 0 asks the buckets for every single take. */
  leaseShare?: number;
  /** After this time what was taken in advance and not spent is given up. */
  leaseSeconds?: number;
}

/** What this instance knows of a bucket. */
interface Known {
  /**
   * Never ahead of the bucket's, which only moves forward, but by what this instance admitted while nobody could be
   * asked: what it refuses, the bucket would refuse too, had it been there all the time.
   */
  arrival: number;
  spare: number;
  spareUntil: number;
  /** Resolves when everybody before has taken. */
  turn: Promise<unknown>;
}

/** Tokens that an instance takes in advance. */
export const leaseOf = (rate: Rate, share: number): number => Math.floor(rate.burst * share);

/**
 * Takes tokens from shared buckets, some in advance, so that most takes ask nobody; and remembers a refusal until
 * its time is over, so that a flood asks nobody either.
 *
 * What leasing does to exactness: in any window no more are admitted than burst + rate × window + what instances
 * held in advance when it began, which is at most a lease each. Taking in advance leaves at least half of the bucket,
 * so a tenant that takes no more than half a burst + rate × window in every window is never refused, however many
 * instances hold something. Without leases both bounds are exact. Clocks of instances that differ by d add rate × d.
 *
 * While nobody can be asked, an instance goes by what it has seen and admitted itself: each gives at most what all of
 * them together would. Whoever floods a service until its buckets answer too late must not be rid of his limit by it.
 */
export function leasedRateLimiter(options: LeasedRateLimiterOptions): RateLimiter {
  const { buckets, clock, leaseShare = 0.05, leaseSeconds = 10 } = options;
  const known = leastRecent<Known>(() => ({
    arrival: 0,
    spare: 0,
    spareUntil: 0,
    turn: Promise.resolve(),
  }));

  async function takeNow(key: BucketKey, rate: Rate, count: number, local: Known): Promise<Taken> {
    const now = microsecondsOf(clock.now());
    const needed = Math.min(count, rate.burst);
    const spare = local.spareUntil > now ? local.spare : 0;
    if (spare >= needed) {
      local.spare = spare - needed;
      return { admitted: true, away: false };
    }
    const missing = needed - spare;
    const whole = costOf(rate, rate.burst);
    const half = costOf(rate, Math.floor(rate.burst / 2));
    let advance = leaseOf(rate, leaseShare);
    // three times at most: what the bucket answers when it does not move is what the next round begins with
    for (;;) {
      const from = Math.max(local.arrival, now) - now;
      if (from + costOf(rate, missing + advance) > half) advance = 0;
      if (from + costOf(rate, missing) > whole) return refusal(rate, needed, spare, local.arrival, now);
      const cost = costOf(rate, missing + advance);
      const answer = await buckets.advance(key, {
        now,
        cost,
        reach: advance > 0 ? half : whole,
        known: local.arrival,
      });
      if (!answer) {
        local.arrival = Math.max(local.arrival, now) + costOf(rate, missing);
        local.spare = 0;
        return { admitted: true, away: true };
      }
      if (!answer.moved) {
        local.arrival = Math.max(local.arrival, answer.arrival);
        continue;
      }
      // the bucket does not know of what was admitted without it
      local.arrival = Math.max(Math.max(local.arrival, now) + cost, answer.arrival);
      local.spare = advance;
      local.spareUntil = now + leaseSeconds * 1_000_000;
      return { admitted: true, away: false };
    }
  }

  return {
    // one after the other per bucket: whoever waits is mostly served by what the first one took in advance
    take(key, rate, count) {
      const local = known.of(JSON.stringify([key.tenantId, key.name]));
      const taken = local.turn.then(() => takeNow(key, rate, count, local));
      local.turn = taken.catch(() => undefined);
      return taken;
    },
    async available(key, rate) {
      const arrival = await buckets.arrival(key);
      return arrival === undefined ? undefined : tokensAt(rate, arrival, microsecondsOf(clock.now()));
    },
  };
}

const refusal = (rate: Rate, needed: number, spare: number, arrival: number, now: number): Taken => ({
  admitted: false,
  retryAfterSeconds: wholeSeconds(waitFor(rate, needed - spare, arrival, now)),
  available: spare + tokensAt(rate, arrival, now),
});
