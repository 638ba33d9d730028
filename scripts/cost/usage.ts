import type { Settings } from '../../infra/settings.ts';
import { assumptions as a } from './assumptions.ts';
import { eventLines } from './events.ts';
import { type Line, line, times } from './lines.ts';
import type { Load, Seconds } from './load.ts';
import { measured } from './measured.ts';
import { betweenZonesLine, natLine, requestLines, runLines } from './runs.ts';
import { instancesOf, isAura } from './standing.ts';

export const isAurora = ({ database }: Settings): boolean => database.kind === 'aurora';

/** One memory written by itself, until it is in the graph and its event with those who listen. */
export function writeLines(settings: Settings, clientsPerTenant: number): Line[] {
  const { database, graph, network } = settings;
  return [
    ...requestLines(settings, measured.write.function, a.answerBytes.write),
    line('Aurora I/O', isAurora(settings) ? a.writeIos : 0, 'auroraIo'),
    line(
      'Aurora backups',
      // what is kept for a day costs nothing
      database.kind === 'aurora' && database.backupDays > 1
        ? (a.backupBytesPerWrite * database.backupDays) / a.daysPerMonth / 1e9
        : 0,
      'auroraBackupGbMonth',
    ),
    line('DynamoDB', a.cacheWriteUnits, 'dynamoWrite'),
    // sent alone; received and deleted in batches
    line('SQS', 1 + 2 / a.projectionBatch, 'sqsRequest'),
    ...times(1 / a.projectionBatch, runLines(settings, 'project-graph', a.projectionSeconds)),
    ...(graph.kind === 'external' ? [natLine(settings, a.graphBytesSentPerWrite)] : []),
    line('VPC endpoints', network ? a.endpointBytesPerWrite / 1e9 : 0, 'endpointGb'),
    betweenZonesLine(settings, a.databaseBytes.write),
    ...eventLines(settings, clientsPerTenant),
  ];
}

/** One search. */
export const recallLines = (settings: Settings, recall: Seconds): Line[] => [
  ...requestLines(settings, recall.function, a.answerBytes.recall),
  line('Aurora I/O', isAurora(settings) ? a.recallIos : 0, 'auroraIo'),
  line('DynamoDB', a.cacheReadUnits, 'dynamoRead'),
  betweenZonesLine(settings, a.databaseBytes.recall),
];

/** A month of so many bytes in Postgres. */
export const postgresLine = (settings: Settings, bytes: number): Line =>
  line('Postgres', isAurora(settings) ? bytes / 1e9 : 0, 'auroraGbMonth');

/** A month of what one memory takes in the hot cache. */
export const cacheLines = (): Line[] => {
  const cachedGb = (a.cachedShare * a.cacheWriteUnits * 1_024) / 1e9;
  return [line('hot cache', cachedGb, 'dynamoGbMonth'), line('hot cache', cachedGb, 'dynamoBackupGbMonth')];
};

/**
 * Memory of the stores that a memory of so many bytes takes, where they are billed by it; they grow in steps, so this
 * is a share.
 */
export const memoryLines = (settings: Settings, bytes: number): Line[] => {
  const acu = (bytes * a.workingSet) / 2 ** 30 / a.gibPerAcu;
  const graphGb = a.graphBytesPerMemory / a.auraDiskPerMemory / 1e9;
  return [
    line('Aurora capacity', acu * instancesOf(settings) * a.hoursPerMonth, 'acuHour'),
    line('Neo4j', isAura(settings) ? graphGb : 0, 'auraGbMonth'),
  ];
};

/** The database's capacity that one more request takes; where the minimum has room for it, it costs nothing. */
export const capacityLine = (settings: Settings, seconds: Pick<Seconds, 'database'>): Line =>
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
