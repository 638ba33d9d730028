import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { leasedRateLimiter } from '../../limits/leased-rate-limiter.ts';
import type { RateLimiter, TokenBuckets } from '../../limits/ports.ts';
import type { MemoryCache } from '../../memory/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { inMemoryMemoryCache } from '../in-memory/cache.ts';
import { inMemoryTokenBuckets } from '../in-memory/token-buckets.ts';
import { dynamodbMemoryCache } from './memory-cache.ts';
import { dynamodbTokenBuckets } from './token-buckets.ts';

/** What one call may cost a request, in milliseconds: a cache must cost less than the read that it saves. */
const patience = z.coerce.number().int().min(10).max(10_000).default(200);

const config = z.object({
  CACHE: z.enum(['dynamodb', 'memory']).default('dynamodb'),
  CACHE_TABLE: z.string().min(1),
  DYNAMODB_TIMEOUT_MS: patience,
});

let processCache: MemoryCache | undefined;

/**
 * `CACHE=memory` is for the local host where DynamoDB cannot be embedded: its functions share one process, and
 * so have to share one cache, or one of them would answer what another has already deleted.
 */
export const hotCacheProvider: Provider<MemoryCache, typeof config> = {
  config,
  build({ CACHE, CACHE_TABLE, DYNAMODB_TIMEOUT_MS: timeoutMs }, { clock, logger }) {
    if (CACHE === 'memory') {
      processCache ??= inMemoryMemoryCache({ clock });
      return processCache;
    }
    return dynamodbMemoryCache({
      client: quickClient(timeoutMs),
      tableName: CACHE_TABLE,
      clock,
      logger,
      timeoutMs,
    });
  },
};

const rateLimitsConfig = z.object({
  RATE_LIMITS: z.enum(['dynamodb', 'memory']).default('dynamodb'),
  RATE_LIMIT_TABLE: z.string().min(1),
  DYNAMODB_TIMEOUT_MS: patience,
});

let processBuckets: TokenBuckets | undefined;

/** `RATE_LIMITS=memory` is for the same local host: one process, one set of buckets. */
export const rateLimitsProvider: Provider<RateLimiter, typeof rateLimitsConfig> = {
  config: rateLimitsConfig,
  build({ RATE_LIMITS, RATE_LIMIT_TABLE: tableName, DYNAMODB_TIMEOUT_MS: timeoutMs }, { clock, logger }) {
    if (RATE_LIMITS === 'memory') {
      processBuckets ??= inMemoryTokenBuckets();
      return leasedRateLimiter({ buckets: processBuckets, clock });
    }
    const client = quickClient(timeoutMs);
    const buckets = dynamodbTokenBuckets({ client, tableName, clock, logger, timeoutMs });
    return leasedRateLimiter({ buckets, clock });
  },
};

/** A retry would cost more than doing without the answer. */
const quickClient = (timeoutMs: number) =>
  new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
  });
