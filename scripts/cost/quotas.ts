import type { Settings } from '../../infra/settings.ts';
import { limits } from '../../shared/contracts/limits.ts';
import { assumptions } from './assumptions.ts';
import { specNamed } from './inventory.ts';
import type { Load } from './load.ts';
import { measured } from './measured.ts';
import { callsPerSession } from './sockets.ts';

/** A limit, and how much of it the busiest second takes. */
export interface Quota {
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  readonly load: number;
  /** The load is what it is, however much is asked. */
  readonly bounded?: true;
}

export const shareOf = ({ load, limit }: Quota): number => load / limit;

/** Connections a function instance may open; infra's DATABASE_POOL_MAX. */
const poolSize = 4;
/**
 * AWS's defaults for an account, from its documentation: quotas of API Gateway and of its WebSocket APIs, of Lambda, of
 * SQS's standard queues, of EventBridge, of DynamoDB, and Aurora's size limits. All but the storage and the messages in
 * flight can be raised on request. Events are those of Frankfurt; how many calls of PutEvents it takes is from memory,
 * and in Virginia they are 10,000.
 */
const defaults = {
  requestsPerSecond: 10_000,
  connectsPerSecond: 500,
  concurrentFunctions: 1_000,
  inFlightMessages: 120_000,
  putEventsPerSecond: 2_400,
  eventTargetsPerSecond: 4_500,
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
export const quotasOf = (settings: Settings, load: Load): Quota[] =>
  [
    ...gatewayQuotas(settings, load),
    ...functionQuotas(settings, load),
    ...eventQuotas(load),
    quota(
      'DynamoDB table',
      'write units/s',
      defaults.dynamoWriteUnits,
      load.peak.writes * assumptions.cacheWriteUnits,
    ),
    quota(
      'Neo4j writes',
      'nodes/s',
      measured.graphNodesPerSecond,
      load.peak.writes * assumptions.nodesPerWrite,
    ),
    quota('exact vector scan', 'memories/tenant', exactScanRows, load.memoriesPerTenant),
    // once the first memories are old enough
    quota('archiving', 'memories/run', load.archiving.manageablePerRun, load.archiving.duePerRun),
    ...databaseQuotas(settings, load),
  ].sort((one, other) => shareOf(other) - shareOf(one));

const runningAtPeak = ({ peak, recall }: Load) =>
  peak.writes * measured.write.function + peak.recalls * recall.function;

const pushingAtPeak = ({ peak }: Load) => peak.events * assumptions.push.function;

function gatewayQuotas(settings: Settings, { peak, clientsPerTenant }: Load): Quota[] {
  const { throttle } = settings;
  const requests = peak.writes + peak.recalls;
  const overSockets = peak.messages + peak.pushes + peak.connects * callsPerSession(settings);
  return [
    quota('API Gateway, account', 'requests/s', defaults.requestsPerSecond, requests + overSockets),
    quota('API Gateway, stage', 'requests/s', throttle.requestsPerSecond, requests),
    quota('WebSocket connects', 'connects/s', defaults.connectsPerSecond, peak.connects),
    quota('WebSocket clients', 'clients/tenant', limits.connectionsPerTenant, clientsPerTenant),
  ];
}

function functionQuotas({ reservedConcurrency }: Settings, load: Load): Quota[] {
  const { concurrentFunctions } = defaults;
  const pushes = pushingAtPeak(load);
  const all = runningAtPeak(load) + pushes + load.peak.messages * assumptions.socketSeconds;
  return [
    quota('Lambda concurrency', 'runs at once', concurrentFunctions, all),
    quota(
      'push-to-sockets',
      'runs at once',
      reservedConcurrency['push-to-sockets'] ?? concurrentFunctions,
      pushes,
    ),
    { ...quota('graph-changes in flight', 'messages', defaults.inFlightMessages, inFlight()), bounded: true },
  ];
}

function eventQuotas({ peak, clientsPerTenant }: Load): Quota[] {
  // an event goes out with its write where somebody listens, and else with others
  const alone = peak.writes * Math.min(1, clientsPerTenant);
  const calls = alone + (peak.events - alone) / entriesPerPutEvents;
  return [
    quota('EventBridge PutEvents', 'calls/s', defaults.putEventsPerSecond, calls),
    quota('EventBridge targets', 'events/s', defaults.eventTargetsPerSecond, peak.events),
  ];
}

function databaseQuotas({ database }: Settings, load: Load): Quota[] {
  if (database.kind !== 'aurora') return [];
  const { minCapacity, maxCapacity, proxy } = database;
  const { peak, recall } = load;
  const busy =
    peak.writes * measured.write.database +
    peak.recalls * recall.database +
    peak.events * assumptions.push.database;
  return [
    quota('Aurora capacity', 'ACU', maxCapacity, load.peakAcu),
    // the proxy shares connections between functions: only those at work are taken
    quota(
      'Aurora connections',
      'connections',
      maxConnections(minCapacity, maxCapacity),
      proxy ? busy : runningAtPeak(load) * poolSize + pushingAtPeak(load),
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
