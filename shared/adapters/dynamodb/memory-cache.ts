import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { bulkhead } from 'cockatiel';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { MemoryCache } from '../../memory/ports.ts';
import {
  type CacheEntry,
  type CacheItem,
  cacheKey,
  decodeItem,
  memoryEntry,
  tombstoneEntry,
} from './cache-item.ts';
import { callGuard } from './call-guard.ts';
import { versionFloors } from './version-floors.ts';

export interface DynamodbMemoryCacheOptions {
  client: Pick<DynamoDBClient, 'send'>;
  tableName: string;
  clock: Clock;
  logger: Logger;
  /** How long an entry is answered. Longer than any request, or a late fill could bring back an older state. */
  ttlSeconds?: number;
  timeoutMs?: number;
  /** How long the circuit stays open. */
  openMs?: number;
}

const writesAtOnce = 25;

const absentOlderOrExpired = 'attribute_not_exists(#id) OR #version < :version OR #expiresAt <= :now';
/** A tombstone also wins over a state of the same version. */
const absentNotNewerOrExpired = 'attribute_not_exists(#id) OR #version <= :version OR #expiresAt <= :now';

/** The hot cache in DynamoDB; reads are consistent, so that a caller finds its own last write. */
export function dynamodbMemoryCache(options: DynamodbMemoryCacheOptions): MemoryCache {
  const { client, tableName, clock, logger, ttlSeconds = 60, timeoutMs = 200, openMs = 5_000 } = options;
  const attempt = callGuard({ clock, logger, timeoutMs, openMs, warning: 'hot cache bypassed' });
  const floors = versionFloors(clock, ttlSeconds);
  const flights = new Map<string, Promise<CacheItem | undefined>>();
  const limit = bulkhead(writesAtOnce, Number.POSITIVE_INFINITY);
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000);
  const flightKey = (tenantId: string, id: string) => JSON.stringify([tenantId, id]);

  async function read(tenantId: string, id: string): Promise<CacheItem | undefined> {
    const command = new GetItemCommand({
      TableName: tableName,
      Key: cacheKey(tenantId, id),
      ConsistentRead: true,
    });
    const answer = await attempt((abortSignal) => client.send(command, { abortSignal }));
    return answer.ok ? answer.value.Item : undefined;
  }

  /** Concurrent reads of one key share one call. */
  function sharedRead(tenantId: string, id: string): Promise<CacheItem | undefined> {
    const key = flightKey(tenantId, id);
    const running = flights.get(key);
    if (running) return running;
    const flight = read(tenantId, id).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    flights.set(key, flight);
    return flight;
  }

  /** Answers whether the cache now holds this entry or a newer one. */
  async function write(entry: CacheEntry, condition: string): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: tableName,
      Item: entry.item,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#id': 'memoryId', '#version': 'version', '#expiresAt': 'expiresAt' },
      ExpressionAttributeValues: {
        ':version': { N: String(entry.version) },
        ':now': { N: String(nowSeconds()) },
      },
    });
    const written = await attempt(async (abortSignal) => {
      try {
        await client.send(command, { abortSignal });
      } catch (error) {
        // somebody put a newer version: that is success, and no reason to open the circuit
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    });
    const key = flightKey(entry.tenantId, entry.id);
    if (!written.ok) floors.raise(key, entry.version);
    // a read that began before this write must not answer who asks after it
    flights.delete(key);
    return written.ok;
  }

  const writeAll = (entries: CacheEntry[], condition: string) =>
    Promise.all(entries.map((entry) => limit.execute(() => write(entry, condition))));

  /** Removes exactly what was found, so that a good entry written meanwhile survives. */
  async function discard(tenantId: string, id: string, found: CacheItem) {
    logger.warn('hot cache entry unusable, removed', { memoryId: id });
    const { body } = found;
    const command = new DeleteItemCommand({
      TableName: tableName,
      Key: cacheKey(tenantId, id),
      ExpressionAttributeNames: { '#body': 'body' },
      ConditionExpression: body ? '#body = :body' : 'attribute_not_exists(#body)',
      ...(body && { ExpressionAttributeValues: { ':body': body } }),
    });
    await attempt(async (abortSignal) => {
      try {
        await client.send(command, { abortSignal });
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    });
  }

  return {
    async get(tenantId, id) {
      const item = await sharedRead(tenantId, id);
      const decoded = decodeItem(item, id, nowSeconds());
      if (decoded.state === 'poisoned' && item) await discard(tenantId, id, item);
      if (decoded.state === 'poisoned' || decoded.state === 'miss') return undefined;
      if (!floors.allows(flightKey(tenantId, id), decoded.version)) return undefined;
      return decoded.state === 'memory' ? decoded.memory : 'deleted';
    },
    async put(tenantId, memories) {
      const now = nowSeconds();
      await writeAll(
        memories.map((memory) => memoryEntry(tenantId, memory, now, ttlSeconds)),
        absentOlderOrExpired,
      );
    },
    async remove(tenantId, gone) {
      const now = nowSeconds();
      const written = await writeAll(
        gone.map(({ id, version }) => tombstoneEntry(tenantId, id, version, now)),
        absentNotNewerOrExpired,
      );
      return written.every(Boolean);
    },
  };
}
