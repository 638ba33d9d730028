import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { MemoryCache } from '../../memory/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { inMemoryMemoryCache } from '../in-memory/cache.ts';
import { dynamodbMemoryCache } from './memory-cache.ts';

const config = z.object({
  CACHE: z.enum(['dynamodb', 'memory']).default('dynamodb'),
  CACHE_TABLE: z.string().min(1),
  /** What one call may cost a request, in milliseconds: less than the read of Postgres that it saves. */
  CACHE_TIMEOUT_MS: z.coerce.number().int().min(10).max(10_000).default(200),
});

let processCache: MemoryCache | undefined;

/**
 * `CACHE=memory` is for the local host where DynamoDB cannot be embedded: its functions share one process, and
 * so have to share one cache, or one of them would answer what another has already deleted.
 */
export const hotCacheProvider: Provider<MemoryCache, typeof config> = {
  config,
  build({ CACHE, CACHE_TABLE, CACHE_TIMEOUT_MS: timeoutMs }, { clock, logger }) {
    if (CACHE === 'memory') {
      processCache ??= inMemoryMemoryCache({ clock });
      return processCache;
    }
    const client = new DynamoDBClient({
      // a retry would cost more than the read of Postgres that it saves
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: timeoutMs,
        requestTimeout: timeoutMs,
        throwOnRequestTimeout: true,
      },
    });
    return dynamodbMemoryCache({ client, tableName: CACHE_TABLE, clock, logger, timeoutMs });
  },
};
