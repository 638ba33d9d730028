import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTable, emulatedAws } from '../../scripts/services/aws-resources.ts';
import { dynamodbTokenBuckets } from '../../shared/adapters/dynamodb/token-buckets.ts';
import { rateLimitTable } from '../../shared/contracts/rate-limit-table.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { leasedRateLimiter, leaseOf } from '../../shared/limits/leased-rate-limiter.ts';
import { describeTokenBuckets } from '../conformance/token-buckets.ts';
import { awsEndpoint } from './support/servers.ts';

let client: DynamoDBClient;
let tableName: string;
beforeAll(async () => {
  tableName = await createTable(awsEndpoint(), `test-rate-limits-${newId()}`, rateLimitTable);
  client = new DynamoDBClient({ ...emulatedAws, endpoint: awsEndpoint(), maxAttempts: 1 });
});
afterAll(() => client.destroy());

const buckets = () =>
  dynamodbTokenBuckets({ client, tableName, clock: systemClock, logger: silentLogger, timeoutMs: 20_000 });

describeTokenBuckets('DynamoDB of MiniStack', buckets);

describe('takes of many processes at once', () => {
  const processes = 20;
  const each = 10;
  const rate = { perSecond: 0.001, burst: 100 };
  const admitted = async (leaseShare: number) => {
    const key = { tenantId: newId(), name: 'requests' } as const;
    const limiters = Array.from({ length: processes }, () =>
      leasedRateLimiter({ buckets: buckets(), clock: systemClock, leaseShare }),
    );
    const takes = limiters.flatMap((limiter) =>
      Array.from({ length: each }, () => limiter.take(key, rate, 1)),
    );
    const taken = await Promise.all(takes);
    expect(taken.filter((one) => one.admitted && one.away)).toEqual([]);
    return taken.filter((one) => one.admitted).length;
  };

  it('admit exactly the burst, when nobody takes in advance', async () => {
    expect(await admitted(0)).toBe(rate.burst);
  });

  it('admit no more than the burst, and no less than what nobody holds, with leases', async () => {
    const share = 0.05;
    const count = await admitted(share);
    expect(count).toBeLessThanOrEqual(rate.burst);
    expect(count).toBeGreaterThanOrEqual(rate.burst - processes * leaseOf(rate, share));
  });
});
