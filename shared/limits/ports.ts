import type { Rate, RateName, TenantLimits } from '../contracts/tenant-limits.ts';

export interface BucketKey {
  readonly tenantId: string;
  readonly name: RateName;
}

/** One attempt to move a bucket on. Microseconds; `now` since 1970. */
export interface BucketStep {
  readonly now: number;
  /** By how much the arrival moves. */
  readonly cost: number;
  /** How far from now the arrival may be afterwards. */
  readonly reach: number;
  /** The arrival as the caller last saw it, 0 for never. A guess that saves a store a call. */
  readonly known: number;
}

/**
 * Token buckets that all instances share. A bucket is one number, its theoretical arrival time (GCRA): when it would
 * be full again. One that was never used, or whose arrival lies in the past, is full.
 */
export interface TokenBuckets {
  /**
   * Moves the arrival, or now if that is later, on by `cost`, unless that leads beyond `reach`: then nothing moves.
   * Atomic among all who share the bucket.
   * @returns whether it moved, and the arrival as it is now. Undefined when the store is away: never throws.
   */
  advance(
    key: BucketKey,
    step: BucketStep,
  ): Promise<{ readonly moved: boolean; readonly arrival: number } | undefined>;
  /** The arrival, 0 for a bucket that is full. Undefined when the store is away: never throws. */
  arrival(key: BucketKey): Promise<number | undefined>;
}

export type Taken =
  | { readonly admitted: true /** Nobody could be asked. */; readonly away: boolean }
  | {
      readonly admitted: false;
      /** Whole seconds, at least 1, after which as many are there if nobody else of the tenant takes them. */
      readonly retryAfterSeconds: number;
      /** How many are there now, fewer than were asked for. */
      readonly available: number;
    };

/** Takes from the rates of tenants. */
export interface RateLimiter {
  /** Takes `count` at once or nothing. More than the burst is taken as the whole of it. Never throws. */
  take(key: BucketKey, rate: Rate, count: number): Promise<Taken>;
  /** How many could be taken now; undefined when nobody can be asked. */
  available(key: BucketKey, rate: Rate): Promise<number | undefined>;
}

/** A tenant's limits and what it uses of the quota. */
export interface TenantStanding {
  readonly limits: TenantLimits;
  readonly memoriesKept: number;
}

export interface TenantLimitStore {
  /** As they are now. @throws AppError `store_unavailable` */
  standingOf(tenantId: string): Promise<TenantStanding>;
}

/** The limits of tenants for every request. */
export interface KnownLimits extends TenantLimitStore {
  /** At most a minute old, and the defaults where nobody can be asked. Never throws. */
  limitsOf(tenantId: string): Promise<TenantLimits>;
}
