import type { Settings } from '../../infra/settings.ts';
import { assumptions, measured } from './assumptions.ts';
import { specNamed } from './inventory.ts';
import type { Load } from './load.ts';

/** A limit, and how much of it the busiest second takes. */
export interface Quota {
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  readonly load: number;
}

export const shareOf = ({ load, limit }: Quota): number => load / limit;

/** Connections a function instance may open; infra's DATABASE_POOL_MAX. */
const poolSize = 4;
/**
 * AWS's defaults for an account; all but the storage can be raised on request. Read in AWS's documentation: requests.
 * From memory: the others; PutEvents is that of Frankfurt, and 10,000 in Ireland and Virginia.
 */
const defaults = {
  requestsPerSecond: 10_000,
  concurrentFunctions: 1_000,
  inFlightMessages: 120_000,
  putEventsPerSecond: 2_400,
  dynamoWriteUnits: 40_000,
  auroraBytes: 128 * 2 ** 40,
} as const;
const entriesPerPutEvents = 10;
/** Up to here the exact vector scan is quick enough; docs/recall.md. */
const exactScanRows = 100_000;

/**
 * Connections that Aurora Serverless v2 takes by default. "Working of max_connections for Amazon Aurora PostgreSQL
 * Serverless": 189 for one unit and 3,360 for 16; in between they follow the memory.
 */
export function maxConnections(minAcu: number, maxAcu: number): number {
  const byMemory = maxAcu >= 32 ? 5_000 : Math.floor(189 + ((maxAcu - 1) * (3_360 - 189)) / 15);
  return minAcu < 1 ? Math.min(2_000, byMemory) : byMemory;
}

/** The tightest first. */
export function quotasOf(settings: Settings, load: Load): Quota[] {
  const requests = load.peakWritesPerSecond + load.peakRecallsPerSecond;
  const running =
    load.peakWritesPerSecond * measured.write.function + load.peakRecallsPerSecond * load.recall.function;
  const all: Quota[] = [
    quota('API Gateway, account', 'requests/s', defaults.requestsPerSecond, requests),
    quota('API Gateway, stage', 'requests/s', settings.throttle.requestsPerSecond, requests),
    quota('Lambda concurrency', 'runs at once', defaults.concurrentFunctions, running),
    quota('graph-changes in flight', 'messages', defaults.inFlightMessages, inFlight()),
    quota(
      'EventBridge PutEvents',
      'calls/s',
      defaults.putEventsPerSecond,
      load.peakWritesPerSecond / entriesPerPutEvents,
    ),
    quota(
      'DynamoDB table',
      'write units/s',
      defaults.dynamoWriteUnits,
      load.peakWritesPerSecond * assumptions.cacheWriteUnits,
    ),
    quota(
      'Neo4j writes',
      'nodes/s',
      measured.graphNodesPerSecond,
      load.peakWritesPerSecond * assumptions.nodesPerWrite,
    ),
    quota('exact vector scan', 'memories/tenant', exactScanRows, load.memoriesPerTenant),
    ...databaseQuotas(settings, load, running),
  ];
  return all.sort((one, other) => shareOf(other) - shareOf(one));
}

function databaseQuotas({ database }: Settings, load: Load, running: number): Quota[] {
  if (database.kind !== 'aurora') return [];
  const { minCapacity, maxCapacity, proxy } = database;
  const busy =
    load.peakWritesPerSecond * measured.write.database + load.peakRecallsPerSecond * load.recall.database;
  return [
    quota('Aurora capacity', 'ACU', maxCapacity, load.peakAcu),
    // the proxy shares connections between functions: only those at work are taken
    quota(
      'Aurora connections',
      'connections',
      maxConnections(minCapacity, maxCapacity),
      proxy ? busy : running * poolSize,
    ),
    quota('Aurora storage', 'bytes', defaults.auroraBytes, load.postgresBytes),
  ];
}

/** What the projection may hold at once, whatever waits. */
function inFlight(): number {
  const { trigger } = specNamed('project-graph');
  if (trigger.kind !== 'queue') throw new Error('The graph is projected from a queue.');
  return trigger.batchSize * trigger.maximumConcurrency;
}

const quota = (name: string, unit: string, limit: number, load: number): Quota => ({
  name,
  unit,
  limit,
  load,
});
