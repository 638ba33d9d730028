import type { Settings } from '../../infra/settings.ts';
import { assumptions, measured } from './assumptions.ts';
import { specNamed } from './inventory.ts';
import { type Line, line } from './lines.ts';
import type { Load, Seconds } from './load.ts';
import { bytesPerMemory, coldBytesPerMemory } from './row-bytes.ts';
import { instancesOf, isAura } from './standing.ts';

const a = assumptions;
const gbOf = (name: string) => specNamed(name).memoryMb / 1024;

/** One request to `api-memory`, without the database's capacity. */
function requestLines({ tracing }: Settings, seconds: number, answerBytes: number): Line[] {
  return [
    line('API Gateway', 1, 'httpApiRequest'),
    line('Lambda', 1, 'lambdaRequest'),
    line('Lambda', gbOf('api-memory') * seconds, 'lambdaGbSecond'),
    line('DynamoDB', a.limiterWriteUnits, 'dynamoWrite'),
    line('logs and traces', a.logBytes / 1e9, 'logGb'),
    ...(tracing ? [line('logs and traces', a.tracedShare, 'trace')] : []),
    line('answers to the internet', answerBytes / 1e9, 'egressGb'),
  ];
}

/** One memory written by itself, until it is in the graph and its event on the bus. */
export function writeLines(settings: Settings): Line[] {
  const event = a.eventBytes / 1e9;
  return [
    ...requestLines(settings, measured.write.function, a.answerBytes.write),
    line('Aurora I/O', settings.database.kind === 'aurora' ? a.writeIos : 0, 'auroraIo'),
    line('DynamoDB', a.cacheWriteUnits, 'dynamoWrite'),
    // sent alone; received and deleted in batches
    line('SQS', 1 + 2 / a.projectionBatch, 'sqsRequest'),
    line('Lambda', 1 / a.projectionBatch, 'lambdaRequest'),
    line('Lambda', (gbOf('project-graph') * a.projectionSeconds) / a.projectionBatch, 'lambdaGbSecond'),
    line('EventBridge', 1, 'busEvent'),
    line('Lambda', 1, 'lambdaRequest'),
    line('Lambda', gbOf('push-to-sockets') * a.pushSeconds, 'lambdaGbSecond'),
    line('logs and traces', a.logBytes / 1e9, 'logGb'),
    line('EventBridge', settings.eventArchiveDays === undefined ? 0 : event, 'busArchiveGb'),
    line('NAT data', throughNat(settings) ? a.graphBytesSentPerWrite / 1e9 : 0, 'natGb'),
  ];
}

/** One search. */
export const recallLines = (settings: Settings, recall: Seconds): Line[] => [
  ...requestLines(settings, recall.function, a.answerBytes.recall),
  line('Aurora I/O', settings.database.kind === 'aurora' ? a.recallIos : 0, 'auroraIo'),
  line('DynamoDB', a.cacheReadUnits, 'dynamoRead'),
];

/** A month of what one memory takes. */
export const storageLines = (settings: Settings): Line[] => {
  const cachedGb = (a.cachedShare * a.cacheWriteUnits * 1_024) / 1e9;
  return [
    line('Postgres', settings.database.kind === 'aurora' ? bytesPerMemory / 1e9 : 0, 'auroraGbMonth'),
    line('hot cache', cachedGb, 'dynamoGbMonth'),
    line('hot cache', cachedGb, 'dynamoBackupGbMonth'),
  ];
};

/** A month of what one cold memory takes: its entry in the archive, and what finds it. */
export const coldLines = (
  settings: Settings,
  price: 'instantRetrievalGbMonth' | 'deepArchiveGbMonth',
): Line[] => [
  line('Postgres', settings.database.kind === 'aurora' ? coldBytesPerMemory / 1e9 : 0, 'auroraGbMonth'),
  ...memoryLines(settings, coldBytesPerMemory),
  line('archive', a.archivedBytesPerMemory / 1e9, price),
];

/** Memory of the stores that one memory takes, where they are billed by it; they grow in steps, so this is a share. */
export const memoryLines = (settings: Settings, bytes: number = bytesPerMemory): Line[] => {
  const acu = (bytes * a.workingSet) / 2 ** 30 / a.gibPerAcu;
  const graphGb = a.graphBytesPerMemory / a.auraDiskPerMemory / 1e9;
  return [
    line('Aurora capacity', acu * instancesOf(settings) * a.hoursPerMonth, 'acuHour'),
    line('Neo4j', isAura(settings) ? graphGb : 0, 'auraGbMonth'),
  ];
};

/** The database's capacity that one more request takes; where the minimum has room for it, it costs nothing. */
export const capacityLine = (settings: Settings, seconds: Seconds): Line =>
  line(
    'Aurora capacity',
    (instancesOf(settings) * seconds.database * a.acuPerCore) / a.utilisation / 3_600,
    'acuHour',
  );

/** Detailed metrics of the APIs, for each route that is called at all. */
export const routeMetricLines = (routes: number): Line[] => [
  line('metrics of routes', routes * a.metricsPerRoute, 'metricMonth'),
];

/** The average capacity that is paid for: what is asked, within the limits of the stage. */
export const paidAcu = ({ database }: Settings, { averageAcu }: Pick<Load, 'averageAcu'>): number =>
  database.kind === 'aurora' ? Math.min(database.maxCapacity, Math.max(database.minCapacity, averageAcu)) : 0;

const throughNat = ({ network, graph }: Settings) => network !== undefined && graph.kind === 'external';
