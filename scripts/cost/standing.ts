import type { Settings } from '../../infra/settings.ts';
import { assumptions as a } from './assumptions.ts';
import type { Inventory } from './inventory.ts';
import { type Line, line, times } from './lines.ts';
import { logLines } from './runs.ts';

/** RDS Proxy is billed for eight units at least. */
const proxyMinimumAcu = 8;
const hours = (count: number) => count * a.hoursPerMonth;

/** A month of what is there whether anybody calls or not, at this capacity of the database and size of the graph. */
export const standingLines = (
  settings: Settings,
  has: Inventory,
  { acu, graphBytes }: { acu: number; graphBytes: number },
): Line[] => [
  ...databaseLines(settings, acu),
  ...graphLines(settings, has, graphBytes),
  line('VPC endpoints', hours(has.endpointZones), 'endpointHour'),
  line('NAT gateways', hours(has.natGateways), 'natHour'),
  line('NAT gateways', hours(has.natGateways), 'addressHour'),
  line('alarms', has.alarmMetrics, 'alarmMetricMonth'),
  line('alarms', has.compositeAlarms, 'compositeAlarmMonth'),
  line('dashboards', has.dashboards, 'dashboardMonth'),
  line('metrics of functions', has.functions * a.metricsPerFunction, 'metricMonth'),
  ...secretLines(settings, has),
  ...scheduleLines(settings, has),
  line('polling of queues', hours(has.queuesPolled * a.emptyReceivesPerHour), 'sqsRequest'),
  ...logLines(settings, has.quietLogs * a.quietLogGb),
];

export const instancesOf = ({ database }: Settings): number =>
  database.kind === 'aurora' ? 1 + database.readers : 0;

function databaseLines(settings: Settings, acu: number): Line[] {
  const { database } = settings;
  if (database.kind !== 'aurora') return [];
  // readers follow the writer's capacity
  const all = acu * instancesOf(settings);
  return [
    line('Aurora capacity', hours(all), 'acuHour'),
    ...(database.proxy ? [line('RDS Proxy', hours(Math.max(proxyMinimumAcu, all)), 'proxyAcuHour')] : []),
  ];
}

/** A graph reached with a checked certificate is taken for Neo4j's own service. */
export const isAura = ({ graph }: Settings): boolean =>
  graph.kind === 'external' && graph.uri.startsWith('neo4j+s:');

function graphLines(settings: Settings, has: Inventory, graphBytes: number): Line[] {
  const { graph } = settings;
  if (graph.kind === 'self-hosted') {
    if (graph.instanceType !== 't4g.medium') throw new Error(`There is no price of ${graph.instanceType}.`);
    return [
      line('Neo4j', hours(has.machines), 't4gMediumHour'),
      line('Neo4j', has.machines * a.metricsPerMachine, 'metricMonth'),
      line('Neo4j', has.volumeGb, 'volumeGbMonth'),
      line('Neo4j', has.hostedZones, 'hostedZoneMonth'),
      line('Neo4j', hours(has.hostedZones * a.nameQueriesPerHour), 'nameQuery'),
    ];
  }
  return isAura(settings) ? [line('Neo4j', auraGb(graphBytes), 'auraGbMonth')] : [];
}

const auraGb = (graphBytes: number) => Math.max(1, Math.ceil(graphBytes / a.auraDiskPerMemory / 1e9));

const secretLines = (settings: Settings, has: Inventory): Line[] => [
  line('keys and secrets', has.keys, 'keyMonth'),
  line('keys and secrets', hours(has.functions * a.keyRequestsPerFunctionHour), 'keyRequest'),
  line('keys and secrets', has.secrets + secretsGiven(settings), 'secretMonth'),
  line('keys and secrets', hours(has.functions * a.secretReadsPerFunctionHour), 'secretRequest'),
];

/** Secrets that somebody else made for this stage are billed like its own. */
const secretsGiven = ({ database, graph }: Settings) =>
  (database.kind === 'external' ? 2 : 0) + (graph.kind === 'external' && graph.secretName ? 1 : 0);

/** Runs that find nothing to do. They are fewer than one a second, so that each of them is traced. */
function scheduleLines(settings: Settings, { scheduledPerHour }: Inventory): Line[] {
  const { calls, gb } = scheduledPerHour;
  return times(a.hoursPerMonth, [
    line('schedules', calls, 'schedulerCall'),
    line('schedules', calls, 'lambdaRequest'),
    line('schedules', gb * a.scheduledSeconds, 'lambdaGbSecond'),
    line('schedules', settings.tracing ? calls : 0, 'trace'),
    ...logLines(settings, (calls * a.logBytes) / 1e9),
  ]);
}
