import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTable, emulatedAws } from '../../scripts/services/aws-resources.ts';
import { dynamodbMemoryCache } from '../../shared/adapters/dynamodb/memory-cache.ts';
import { cacheTable } from '../../shared/contracts/cache-table.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { cachedMemory, describeMemoryCache } from '../conformance/memory-cache.ts';
import { awsEndpoint } from './support/servers.ts';

const tenant = 'tenant-a';
let client: DynamoDBClient;
let tableName: string;
beforeAll(async () => {
  tableName = await createTable(awsEndpoint(), `test-cache-${newId()}`, cacheTable);
  client = new DynamoDBClient({ ...emulatedAws, endpoint: awsEndpoint(), maxAttempts: 1 });
});
afterAll(() => client.destroy());

const cacheWith = (clock = systemClock) =>
  dynamodbMemoryCache({ client, tableName, clock, logger: silentLogger, timeoutMs: 10_000 });

describeMemoryCache('DynamoDB of MiniStack', cacheWith);

describe('conditional puts of many processes', () => {
  const processes = 20;

  it('end at the highest version, whatever the order in which they arrive', async () => {
    const id = newId();
    const versions = Array.from({ length: processes }, (_, index) => ((index * 7) % processes) + 1);
    await Promise.all(versions.map((version) => cacheWith().put(tenant, [cachedMemory(id, version)])));
    expect(await cacheWith().get(tenant, id)).toEqual(cachedMemory(id, processes));
  });

  it('do not cover a tombstone', async () => {
    const id = newId();
    const late = Array.from({ length: processes }, (_, index) =>
      cacheWith().put(tenant, [cachedMemory(id, index + 1)]),
    );
    const removed = cacheWith().remove(tenant, [{ id, version: processes + 1 }]);
    await Promise.all([...late, removed]);
    expect(await cacheWith().get(tenant, id)).toBe('deleted');
    const key = { tenantId: { S: tenant }, memoryId: { S: id } };
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key }));
    expect(Item?.version).toEqual({ N: String(processes + 1) });
  });
});
