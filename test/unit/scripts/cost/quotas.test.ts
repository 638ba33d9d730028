import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../../infra/stages/index.ts';
import { loadOf, recallSeconds } from '../../../../scripts/cost/load.ts';
import { maxConnections, quotasOf, shareOf } from '../../../../scripts/cost/quotas.ts';
import { parseWorkload, type Workload } from '../../../../scripts/cost/workload.ts';

const prod = settingsOf('prod');
const dev = settingsOf('dev');
const nothing = parseWorkload('--tenants 1 --memories 0 --writes-per-day 0 --connections 0'.split(' '));
const workload = (asked: Partial<Workload>): Workload => ({ ...nothing, ...asked });
const quotasFor = (asked: Partial<Workload>, settings = prod) =>
  new Map(quotasOf(settings, loadOf(workload(asked), settings)).map((quota) => [quota.name, quota] as const));

describe('the load', () => {
  it('of a recall grows with its tenant by the vector scan', () => {
    expect(recallSeconds(2_000).database).toBe(0.0241);
    expect(recallSeconds(2_001).database).toBe(0.1675);
    expect(recallSeconds(1_010_000).database).toBeCloseTo(0.1675 + 1.05);
  });

  it('is that of five times the average at the peak', () => {
    const load = loadOf(workload({ tenants: 10, memories: 10_000, writesPerDay: 86_400 }), prod);
    expect(load.memoriesPerTenant).toBe(1_000);
    expect(load.postgresBytes).toBe(31_250_000);
    expect(load.peak.writes).toBe(5);
    // 2.82 ms and 2 ms for the event a second, of a core of four units, 60 % busy
    expect(load.averageAcu).toBeCloseTo(0.0321, 4);
    expect(load.peakAcu).toBeCloseTo(0.1607, 4);
  });

  it('is less in Postgres by what the archive has taken', () => {
    const old = { tenants: 2, memories: 40_000, writesPerDay: 100 };
    const cold = loadOf(workload(old), prod);
    // 310 of 400 days, four fifths of them, at 2,720 instead of 3,125 bytes; and the frequencies of two tenants
    expect(cold.postgresBytes).toBeCloseTo(40_000 * 3_125 - 24_800 * 405 + 2 * 1_920_000, -1);
  });

  it('of clients is that each of them hears what happens in its tenant', () => {
    const { peak } = loadOf(workload({ tenants: 10, connections: 20, writesPerDay: 86_400 }), prod);
    expect(peak.pushes).toBe(10);
    // fifteen minutes each
    expect(peak.connects).toBeCloseTo((5 * 20) / 900);
  });
});

describe('quotas', () => {
  const busy = { memories: 50_000, writesPerDay: 864_000, connections: 2, messagesPerDay: 86_400 };

  it('are given with the tightest first', () => {
    const shares = [...quotasFor(busy).values()].map(shareOf);
    expect(shares).toEqual([...shares].sort((one, other) => other - one));
  });

  it('say what the busiest second takes', () => {
    const named = quotasFor(busy);
    // 50 a second
    expect(named.get('API Gateway, stage')).toMatchObject({ limit: 2_000, load: 50 });
    expect(named.get('Neo4j writes')).toMatchObject({ limit: 1_900, load: 150 });
    expect(named.get('DynamoDB table')?.load).toBe(100);
    expect(named.get('exact vector scan')?.load).toBe(50_000);
    // twenty runs are kept for it
    expect(named.get('push-to-sockets')).toMatchObject({ limit: 20, load: 1 });
    // ten projections of a hundred messages, whatever waits
    expect(named.get('graph-changes in flight')).toMatchObject({ load: 1_000, bounded: true });
  });

  it('count what clients say and hear among the requests of the account', () => {
    // 5 messages a second to the other client and their answers, two pushes of each write, eight calls in 15 minutes
    const { load } = quotasFor(busy).get('API Gateway, account') ?? { load: 0 };
    expect(load).toBeCloseTo(50 + 5 + 2 * 5 + 100 + (8 * 5 * 2) / 900);
  });

  it('publish each event with its write where somebody listens, and ten at once where nobody does', () => {
    expect(quotasFor(busy).get('EventBridge PutEvents')?.load).toBe(50);
    expect(quotasFor({ ...busy, connections: 0 }).get('EventBridge PutEvents')?.load).toBe(5);
  });

  it('say what a run can archive of what becomes due', () => {
    const archiving = quotasFor({ tenants: 2e7, memories: 1e8, writesPerDay: 1e6 }).get('archiving');
    expect(archiving?.load).toBeCloseTo(33_333, 0);
    expect(archiving?.limit).toBeLessThan(33_333);
  });

  it('say how many connections Aurora takes', () => {
    expect([maxConnections(1, 1), maxConnections(1, 16), maxConnections(2, 64)]).toEqual([189, 3_360, 5_000]);
    expect(maxConnections(0.5, 16)).toBe(2_000);
  });

  it('count every connection that functions may open where there is no proxy', () => {
    const connections = quotasFor({ recallsPerDay: 864_000 }, dev).get('Aurora connections');
    // 50 recalls a second of 65.1 ms, four connections each
    expect(connections?.load).toBeCloseTo(13.02);
  });
});
