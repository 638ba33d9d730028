import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embeddedAws } from '../../scripts/local/embedded/credentials.ts';
import { dynamodbBinary, startDynamodb } from '../../scripts/local/embedded/dynamodb.ts';
import { type EmbeddedPart, embeddedPart } from '../../scripts/local/embedded/part.ts';
import { dynamodbTokenBuckets } from '../../shared/adapters/dynamodb/token-buckets.ts';
import { rateLimitTable } from '../../shared/contracts/rate-limit-table.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { type Logger, silentLogger } from '../../shared/kernel/logger.ts';
import { leasedRateLimiter } from '../../shared/limits/leased-rate-limiter.ts';
import { describeTokenBuckets } from '../conformance/token-buckets.ts';

const binary = dynamodbBinary();
const tableName = 'rate-limits';
const second = 1_000_000;

describe.skipIf(binary === undefined)('token buckets in DynamoDB', () => {
  let server: EmbeddedPart;
  let client: DynamoDBClient;
  const bucketsWith = (sent: Pick<DynamoDBClient, 'send'> = client, logger: Logger = silentLogger) =>
    dynamodbTokenBuckets({
      client: sent,
      tableName,
      clock: systemClock,
      logger,
      timeoutMs: 5_000,
      openMs: 50,
    });
  const newKey = () => ({ tenantId: newId(), name: 'requests' }) as const;

  beforeAll(async () => {
    const tables = [{ name: tableName, ...rateLimitTable }];
    server = await embeddedPart((port) => startDynamodb(binary ?? '', tables, port));
    client = new DynamoDBClient({ ...embeddedAws, endpoint: server.endpoint, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  describeTokenBuckets('DynamoDB', bucketsWith);

  /** Calls that a step makes. */
  const counted = () => {
    const send = vi.fn((...args: Parameters<DynamoDBClient['send']>) => client.send(...args));
    return { send, buckets: bucketsWith({ send } as never) };
  };

  it('are asked once for each step of one who knows the bucket, also for one that is refused', async () => {
    const { send, buckets } = counted();
    const key = newKey();
    const now = Date.now() * 1_000;
    let known = 0;
    for (const moved of [true, true, true, false]) {
      const answer = await buckets.advance(key, { now, cost: second, reach: 3 * second, known });
      expect(answer?.moved).toBe(moved);
      known = answer?.arrival ?? 0;
    }
    expect(send).toHaveBeenCalledTimes(4);
  });

  it('are asked once more by one who was mistaken', async () => {
    const { send, buckets } = counted();
    const key = newKey();
    const step = { now: Date.now() * 1_000, cost: second, reach: 3 * second, known: 0 };
    await buckets.advance(key, step);
    send.mockClear();
    await buckets.advance(key, step);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('leave an item that may go when it is full again', async () => {
    const key = newKey();
    const now = Date.now() * 1_000;
    const answer = await bucketsWith().advance(key, { now, cost: second, reach: 3 * second, known: 0 });
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: { tenantId: { S: key.tenantId }, limitName: { S: key.name } },
      }),
    );
    expect(Number(Item?.expiresAt?.N) * second).toBeGreaterThanOrEqual(answer?.arrival ?? Number.NaN);
  });

  it('admit exactly the burst of 50 instances at once', async () => {
    const key = newKey();
    const rate = { perSecond: 0.001, burst: 30 };
    const takes = Array.from({ length: 50 }, () =>
      leasedRateLimiter({ buckets: bucketsWith(), clock: systemClock, leaseShare: 0 }).take(key, rate, 1),
    );
    expect((await Promise.all(takes)).filter(({ admitted }) => admitted)).toHaveLength(30);
  });

  it('let everybody through while they are away, say so in one line, and are back by themselves', async () => {
    const warn = vi.fn();
    const limiter = leasedRateLimiter({
      buckets: bucketsWith(client, { ...silentLogger, warn }),
      clock: systemClock,
    });
    const rate = { perSecond: 0.001, burst: 1 };
    const key = newKey();
    expect(await limiter.take(key, rate, 1)).toEqual({ admitted: true, away: false });
    expect(await limiter.take(key, rate, 1)).toMatchObject({ admitted: false });
    await server.stop();
    for (let n = 0; n < 10; n += 1) {
      expect(await limiter.take(newKey(), rate, 1)).toEqual({ admitted: true, away: true });
    }
    expect(await limiter.available(key, rate)).toBeUndefined();
    expect(warn.mock.calls.map(([message]) => message)).toEqual(['rate limiter bypassed']);
    await server.start();
    await delay(60);
    expect(await limiter.take(newKey(), rate, 1)).toEqual({ admitted: true, away: false });
  });

  it('stop being called when they do not answer', async () => {
    const send = vi.fn(() => new Promise<never>(() => undefined));
    const buckets = dynamodbTokenBuckets({
      client: { send } as never,
      tableName,
      clock: systemClock,
      logger: silentLogger,
      timeoutMs: 5,
      openMs: 60_000,
    });
    for (let n = 0; n < 10; n += 1) {
      expect(await buckets.advance(newKey(), { now: 0, cost: 1, reach: 1, known: 0 })).toBeUndefined();
    }
    expect(send).toHaveBeenCalledTimes(3);
  });
});
