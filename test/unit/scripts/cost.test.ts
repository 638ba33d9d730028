import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../infra/stages/index.ts';
import { inventoryOf, specNamed } from '../../../scripts/cost/inventory.ts';
import { byItem, line, times, totalOf } from '../../../scripts/cost/lines.ts';
import { loadOf, recallSeconds } from '../../../scripts/cost/load.ts';
import { prices, unverified } from '../../../scripts/cost/prices.ts';
import { maxConnections, quotasOf, shareOf } from '../../../scripts/cost/quotas.ts';
import { bytesPerMemory } from '../../../scripts/cost/row-bytes.ts';
import { standingLines } from '../../../scripts/cost/standing.ts';
import { paidAcu, recallLines, storageLines, writeLines } from '../../../scripts/cost/usage.ts';
import { parseWorkload } from '../../../scripts/cost/workload.ts';

const prod = settingsOf('prod');
const dev = settingsOf('dev');
const million = 1e6;

const empty = inventoryOf([], []);

describe('arguments', () => {
  it('are read, recalls being as many as writes unless said otherwise', () => {
    expect(parseWorkload(['--tenants', '3', '--memories', '1e6', '--writes-per-day', '10'])).toEqual({
      tenants: 3,
      memories: 1_000_000,
      writesPerDay: 10,
      recallsPerDay: 10,
      stage: 'prod',
    });
  });

  it.each([
    [['--memories', '1', '--writes-per-day', '1'], /--tenants: .*npm run cost/],
    [['--tenants', '0', '--memories', '1', '--writes-per-day', '1'], /--tenants: /],
    [['--tenants', '1', '--memories', '', '--writes-per-day', '1'], /--memories: /],
    [['--tenants', '1', '--memories', '-1', '--writes-per-day', '1'], /npm run cost/],
    [['--tenants', '1', '--memories=-1', '--writes-per-day', '1'], /--memories: /],
    [['--tenants', '1', '--memories', '1.5', '--writes-per-day', '1'], /--memories: /],
    [['--tenants', '1', '--memories', '1', '--writes-per-day', '1', '--stage', 'moon'], /--stage: /],
    [['--colour', 'red'], /--colour/],
  ])('%j are refused in one line', (args, message) => {
    expect(() => parseWorkload(args)).toThrow(message);
    expect(() => parseWorkload(args)).toThrow(/^[^\n]+$/);
  });
});

describe('lines', () => {
  it('are summed by item', () => {
    const lines = [
      line('keys', 2, 'keyMonth'),
      line('boards', 1, 'dashboardMonth'),
      line('keys', 5, 'secretMonth'),
    ];
    expect([...byItem(lines)]).toEqual([
      ['keys', 4],
      ['boards', 3],
    ]);
    expect(totalOf(times(3, lines))).toBeCloseTo(21);
  });

  it('know which prices nobody has looked up', () => {
    expect(unverified()).toContain('auroraIo');
    expect(unverified()).not.toContain('acuHour');
    expect(prices.acuHour.source).toMatch(/Aurora/);
  });
});

describe('what a stage costs while nobody calls', () => {
  const resources = [
    { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] } },
    { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Gateway' } },
    { Type: 'AWS::EC2::NatGateway' },
    { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'one' } },
    {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { Metrics: [{ Expression: 'a / b' }, { MetricStat: {} }, { MetricStat: {} }] },
    },
    { Type: 'AWS::KMS::Key' },
  ];

  it('is counted from the templates and the specs', () => {
    expect(inventoryOf(resources, [specNamed('relay-outbox'), specNamed('project-graph')])).toEqual({
      ...empty,
      endpointZones: 2,
      natGateways: 1,
      alarmMetrics: 3,
      keys: 1,
      scheduledCallsPerHour: 60,
      functions: 2,
      queuesPolled: 1,
    });
  });

  it('is that of two instances, a proxy of eight units, and a graph of a gigabyte', () => {
    const sums = byItem(standingLines(prod, empty, { acu: 2, graphBytes: 0 }));
    // 2 units × 2 instances × 730 hours × 0.12; 8 units × 730 × 0.015
    expect(sums.get('Aurora capacity')).toBeCloseTo(350.4);
    expect(sums.get('RDS Proxy')).toBeCloseTo(87.6);
    expect(sums.get('Neo4j')).toBe(65);
  });

  it('is that of a machine where the graph is self-hosted', () => {
    const has = { ...empty, machines: 1, volumeGb: 20 };
    const sums = byItem(standingLines(dev, has, { acu: 0.5, graphBytes: 0 }));
    // 730 × 0.0336 + 20 × 0.08
    expect(sums.get('Neo4j')).toBeCloseTo(26.128);
    expect(sums.has('RDS Proxy')).toBe(false);
  });

  it('grows with the graph in whole gigabytes of memory', () => {
    // 5 GB on disk want 2.5 GB of memory
    expect(byItem(standingLines(prod, empty, { acu: 0, graphBytes: 5e9 })).get('Neo4j')).toBe(195);
  });

  it('refuses a machine that has no price', () => {
    const graph = { kind: 'self-hosted' as const, instanceType: 'x2gd.metal', volumeGb: 8 };
    expect(() => standingLines({ ...dev, graph }, empty, { acu: 0, graphBytes: 0 })).toThrow('x2gd.metal');
  });
});

describe('what a million costs', () => {
  it('is known for memories at rest', () => {
    expect(bytesPerMemory).toBe(723 + 614 + 684 + 116 + 616 + 107 + 150 + 106);
    expect(byItem(times(million, storageLines(prod))).get('Postgres')).toBeCloseTo(0.3116);
  });

  it('is known for writes', () => {
    const sums = byItem(times(million, writeLines(prod)));
    expect(sums.get('API Gateway')).toBeCloseTo(1);
    expect(sums.get('DynamoDB')).toBeCloseTo(1.375);
    expect(sums.get('SQS')).toBeCloseTo(0.48);
    expect(sums.get('EventBridge')).toBeCloseTo(1.06);
    // 1 GB × 5.75 ms, a tenth of 0.5 GB × 0.5 s, 0.5 GB × 20 ms, at 13.3334 a million GB-seconds; 2.1 calls at 0.2
    expect(sums.get('Lambda')).toBeCloseTo((0.00575 + 0.025 + 0.01) * 13.3334 + 0.42);
  });

  it('is known for recalls', () => {
    const sums = byItem(times(million, recallLines(prod, { function: 0.1, database: 0 })));
    expect(sums.get('Lambda')).toBeCloseTo(1.53334);
    expect(sums.get('logs and traces')).toBeCloseTo(1.5 * 0.5 + 0.05 * 5);
  });
});

describe('the load', () => {
  it('of a recall grows with its tenant by the vector scan', () => {
    expect(recallSeconds(2_000).database).toBe(0.0241);
    expect(recallSeconds(2_001).database).toBe(0.1675);
    expect(recallSeconds(1_010_000).database).toBeCloseTo(0.1675 + 1.05);
  });

  it('is that of five times the average at the peak', () => {
    const load = loadOf({
      tenants: 10,
      memories: 10_000,
      writesPerDay: 86_400,
      recallsPerDay: 0,
      stage: 'prod',
    });
    expect(load.memoriesPerTenant).toBe(1_000);
    expect(load.postgresBytes).toBe(31_160_000);
    expect(load.peakWritesPerSecond).toBe(5);
    // 2.82 ms a second of a core of four units, 60 % busy
    expect(load.averageAcu).toBeCloseTo(0.0188);
    expect(load.peakAcu).toBeCloseTo(0.094);
  });

  it('is paid for within the limits of the stage', () => {
    expect(paidAcu(prod, { averageAcu: 0.1 })).toBe(2);
    expect(paidAcu(prod, { averageAcu: 7 })).toBe(7);
    expect(paidAcu(prod, { averageAcu: 1_000 })).toBe(64);
    expect(paidAcu(settingsOf('emulated'), { averageAcu: 7 })).toBe(0);
  });
});

describe('quotas', () => {
  it('are given with the tightest first', () => {
    const workload = { tenants: 1, memories: 50_000, writesPerDay: 864_000, recallsPerDay: 0, stage: 'prod' };
    const quotas = quotasOf(prod, loadOf(workload));
    const named = new Map(quotas.map((quota) => [quota.name, quota]));
    expect(quotas.map(shareOf)).toEqual(quotas.map(shareOf).sort((one, other) => other - one));
    // 50 a second
    expect(named.get('API Gateway, stage')).toMatchObject({ limit: 2_000, load: 50 });
    expect(named.get('Neo4j writes')).toMatchObject({ limit: 1_900, load: 150 });
    expect(named.get('EventBridge PutEvents')?.load).toBe(5);
    expect(named.get('DynamoDB table')?.load).toBe(100);
    expect(named.get('exact vector scan')?.load).toBe(50_000);
    // ten projections of a hundred messages, whatever waits
    expect(named.get('graph-changes in flight')?.load).toBe(1_000);
  });

  it('say how many connections Aurora takes', () => {
    expect([maxConnections(1, 1), maxConnections(1, 16), maxConnections(2, 64)]).toEqual([189, 3_360, 5_000]);
    expect(maxConnections(0.5, 16)).toBe(2_000);
  });

  it('count every connection that functions may open where there is no proxy', () => {
    const load = loadOf({ tenants: 1, memories: 0, writesPerDay: 0, recallsPerDay: 864_000, stage: 'dev' });
    const connections = quotasOf(dev, load).find(({ name }) => name === 'Aurora connections');
    // 50 recalls a second of 65.1 ms, four connections each
    expect(connections?.load).toBeCloseTo(13.02);
  });
});
