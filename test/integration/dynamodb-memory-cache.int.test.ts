import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embeddedAws } from '../../scripts/local/embedded/credentials.ts';
import { dynamodbBinary, startDynamodb } from '../../scripts/local/embedded/dynamodb.ts';
import { type EmbeddedPart, embeddedPart } from '../../scripts/local/embedded/part.ts';
import { dynamodbMemoryCache } from '../../shared/adapters/dynamodb/memory-cache.ts';
import { cacheTable } from '../../shared/contracts/cache-table.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { type Logger, silentLogger } from '../../shared/kernel/logger.ts';
import { cachedMemory, describeMemoryCache } from '../conformance/memory-cache.ts';
import { settableClock } from '../support/settable-clock.ts';

const binary = dynamodbBinary();
const tableName = 'cache';
const tenant = 'tenant-a';

describe.skipIf(binary === undefined)('hot cache in DynamoDB', () => {
  let server: EmbeddedPart;
  let client: DynamoDBClient;
  const cacheWith = (logger: Logger = silentLogger, openMs = 50) =>
    dynamodbMemoryCache({ client, tableName, clock: systemClock, logger, openMs, timeoutMs: 1_000 });

  beforeAll(async () => {
    server = await embeddedPart((port) =>
      startDynamodb(binary ?? '', [{ name: tableName, ...cacheTable }], port),
    );
    client = new DynamoDBClient({ ...embeddedAws, endpoint: server.endpoint, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  describeMemoryCache('DynamoDB', (clock) =>
    dynamodbMemoryCache({ client, tableName, clock, logger: silentLogger, timeoutMs: 5_000 }),
  );

  const item = async (id: string) => {
    const Key = { tenantId: { S: tenant }, memoryId: { S: id } };
    return (await client.send(new GetItemCommand({ TableName: tableName, Key }))).Item;
  };
  const expiresAt = () => ({ N: String(Math.floor(Date.now() / 1000) + 60) });

  it.each([
    ['no JSON', '{"id":'],
    ['another shape', '{"id":"x"}'],
    ["another memory's", JSON.stringify(cachedMemory(newId(), 1))],
    ['another version', undefined],
  ])('takes a poisoned entry for a miss and removes it: %s', async (_, given) => {
    const id = newId();
    const body = given ?? JSON.stringify(cachedMemory(id, 2));
    const Item = {
      tenantId: { S: tenant },
      memoryId: { S: id },
      version: { N: '1' },
      body: { S: body },
      expiresAt: expiresAt(),
    };
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
    const cache = cacheWith();
    expect(await cache.get(tenant, id)).toBeUndefined();
    expect(await item(id)).toBeUndefined();
    await cache.put(tenant, [cachedMemory(id, 1)]);
    expect(await cache.get(tenant, id)).toMatchObject({ version: 1 });
  });

  it('does not keep what is too large, and does not answer the older state in its place', async () => {
    const id = newId();
    const cache = cacheWith();
    await cache.put(tenant, [cachedMemory(id, 1)]);
    await cache.put(tenant, [cachedMemory(id, 2, { content: 'x'.repeat(420_000) })]);
    expect(await cache.get(tenant, id)).toBeUndefined();
    await cache.put(tenant, [cachedMemory(id, 1)]);
    expect(await cache.get(tenant, id)).toBeUndefined();
    await cache.put(tenant, [cachedMemory(id, 3)]);
    expect(await cache.get(tenant, id)).toMatchObject({ version: 3 });
  });

  it('reads a key once for all who ask at the same time, and again after a write', async () => {
    const id = newId();
    const send = vi.fn(client.send.bind(client));
    const cache = dynamodbMemoryCache({
      client: { send } as unknown as DynamoDBClient,
      tableName,
      clock: systemClock,
      logger: silentLogger,
      timeoutMs: 5_000,
    });
    await cache.put(tenant, [cachedMemory(id, 1)]);
    send.mockClear();
    const answers = await Promise.all(Array.from({ length: 50 }, () => cache.get(tenant, id)));
    expect(answers).toEqual(Array(50).fill(cachedMemory(id, 1)));
    expect(send).toHaveBeenCalledTimes(1);
    expect(send.mock.calls[0]?.[0].input).toMatchObject({ ConsistentRead: true });
  });

  it('does not answer who asks after a write with a read that began before it', async () => {
    const id = newId();
    const overtaken = Promise.withResolvers<void>();
    const send = vi.fn(async (command: GetItemCommand | PutItemCommand) => {
      const isEarly = send.mock.calls.length === 2;
      const answer = await client.send(command as GetItemCommand);
      if (isEarly) await overtaken.promise;
      return answer;
    });
    const cache = dynamodbMemoryCache({
      client: { send } as unknown as DynamoDBClient,
      tableName,
      clock: systemClock,
      logger: silentLogger,
      timeoutMs: 5_000,
    });
    await cache.put(tenant, [cachedMemory(id, 1)]);
    const early = cache.get(tenant, id);
    await cache.put(tenant, [cachedMemory(id, 2)]);
    expect(await cache.get(tenant, id)).toMatchObject({ version: 2 });
    overtaken.resolve();
    expect(await early).toMatchObject({ version: 1 });
  });

  it('is bypassed while it is down, reads its own writes after, and says so in one line', async () => {
    const id = newId();
    const warn = vi.fn();
    const cache = cacheWith({ ...silentLogger, warn });
    await cache.put(tenant, [cachedMemory(id, 1)]);

    // the table stays where it is, as behind a broken network
    const reachable = client.config.endpoint;
    client.config.endpoint = async () => ({ protocol: 'http:', hostname: '127.0.0.1', port: 1, path: '/' });
    expect(await cache.get(tenant, id)).toBeUndefined();
    await cache.put(tenant, [cachedMemory(id, 2)]);
    expect(await cache.remove(tenant, [{ id: newId(), version: 3 }])).toBe(false);
    for (let read = 0; read < 20; read += 1) expect(await cache.get(tenant, id)).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);

    client.config.endpoint = reachable!;
    await delay(60);
    expect(await item(id)).toMatchObject({ version: { N: '1' } });
    expect(
      await cache.get(tenant, id),
      'the entry is older than the own write that was lost',
    ).toBeUndefined();
    await cache.put(tenant, [cachedMemory(id, 2)]);
    expect(await cache.get(tenant, id)).toMatchObject({ version: 2 });
  });

  it('stops calling a cache that does not answer', async () => {
    const send = vi.fn(() => new Promise<never>(() => undefined));
    const clock = settableClock('2026-03-01T12:00:00.000Z');
    const cache = dynamodbMemoryCache({
      client: { send } as unknown as DynamoDBClient,
      tableName,
      clock,
      logger: silentLogger,
      timeoutMs: 5,
      openMs: 60_000,
    });
    for (let read = 0; read < 10; read += 1) expect(await cache.get(tenant, newId())).toBeUndefined();
    expect(send).toHaveBeenCalledTimes(3);
  });

  it('comes back at the same address, empty', async () => {
    const id = newId();
    const cache = cacheWith();
    await cache.put(tenant, [cachedMemory(id, 1)]);
    const { port } = server;
    await server.stop();
    expect(await cache.get(tenant, id)).toBeUndefined();
    await server.start();
    expect(server.port).toBe(port);
    await cache.put(tenant, [cachedMemory(id, 1)]);
    expect(await cache.get(tenant, id)).toMatchObject({ version: 1 });
  });
});
