import * as z from 'zod';
import { limits } from './limits.ts';

/** What a tenant may do in a time. Their names stand in refusals, in metrics and in the keys of the table. */
export const rateNames = ['requests', 'memories-written'] as const;
export type RateName = (typeof rateNames)[number];

const perSecond = z.number().positive().max(100_000);
const burst = z.number().int().min(1).max(10_000_000);

/** A token bucket: so many a second in the long run, so many at once after a pause. */
export const rate = z.strictObject({ perSecond, burst });
export type Rate = z.output<typeof rate>;

/** What a tenant may do: rates by name, and the quota `memories-kept`. */
export const tenantLimits = z.strictObject({
  /** Of every operation that has a caller; each call is one. */
  requests: rate,
  /** Memories that are stored, changed or related; a batch counts its items, so a full one must fit. */
  'memories-written': z.strictObject({ perSecond, burst: burst.min(limits.batchItems) }),
  /** Memories that are not deleted, wherever they are kept. */
  'memories-kept': z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});
export type TenantLimits = z.output<typeof tenantLimits>;

/** Of a tenant for which nobody has chosen others. */
export const defaultTenantLimits: TenantLimits = {
  requests: { perSecond: 100, burst: 200 },
  'memories-written': { perSecond: 200, burst: 2_000 },
  'memories-kept': 1_000_000,
};

/**
 * A quota does not come back by waiting, and the status 429 wants a time: long enough that a client which only waits
 * does no harm.
 */
export const quotaRetrySeconds = 3_600;

/** The limits of a stage as environment of its functions. */
export const limitsEnvironment = (given: TenantLimits) => ({
  LIMIT_REQUESTS_PER_SECOND: String(given.requests.perSecond),
  LIMIT_REQUESTS_BURST: String(given.requests.burst),
  LIMIT_MEMORIES_WRITTEN_PER_SECOND: String(given['memories-written'].perSecond),
  LIMIT_MEMORIES_WRITTEN_BURST: String(given['memories-written'].burst),
  LIMIT_MEMORIES_KEPT: String(given['memories-kept']),
});

const { requests, 'memories-written': written, 'memories-kept': kept } = tenantLimits.shape;
const number = <T extends z.ZodType<number, number>>(schema: T, otherwise: number) =>
  z.coerce
    .number()
    .pipe(schema)
    .default(otherwise as never);

/** The same environment, read. */
export const limitsConfig = z.object({
  LIMIT_REQUESTS_PER_SECOND: number(requests.shape.perSecond, defaultTenantLimits.requests.perSecond),
  LIMIT_REQUESTS_BURST: number(requests.shape.burst, defaultTenantLimits.requests.burst),
  LIMIT_MEMORIES_WRITTEN_PER_SECOND: number(
    written.shape.perSecond,
    defaultTenantLimits['memories-written'].perSecond,
  ),
  LIMIT_MEMORIES_WRITTEN_BURST: number(written.shape.burst, defaultTenantLimits['memories-written'].burst),
  LIMIT_MEMORIES_KEPT: number(kept, defaultTenantLimits['memories-kept']),
});

export const limitsOf = (config: z.output<typeof limitsConfig>): TenantLimits => ({
  requests: { perSecond: config.LIMIT_REQUESTS_PER_SECOND, burst: config.LIMIT_REQUESTS_BURST },
  'memories-written': {
    perSecond: config.LIMIT_MEMORIES_WRITTEN_PER_SECOND,
    burst: config.LIMIT_MEMORIES_WRITTEN_BURST,
  },
  'memories-kept': config.LIMIT_MEMORIES_KEPT,
});
