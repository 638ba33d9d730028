import type { Settings } from '../../infra/settings.ts';
import { assumptions } from './assumptions.ts';
import { type Inventory, specNamed } from './inventory.ts';
import { type Line, line } from './lines.ts';

/** RDS Proxy is billed for eight units at least. */
const proxyMinimumAcu = 8;
const { hoursPerMonth } = assumptions;

/** A month of what is there whether anybody calls or not, at this capacity of the database and size of the graph. */
export function standingLines(
  settings: Settings,
  has: Inventory,
  { acu, graphBytes }: { acu: number; graphBytes: number },
): Line[] {
  const hours = (count: number) => count * hoursPerMonth;
  return [
    ...databaseLines(settings, acu),
    ...graphLines(settings, has, graphBytes),
    line('VPC endpoints', hours(has.endpointZones), 'endpointHour'),
    line('NAT gateways', hours(has.natGateways), 'natHour'),
    line('NAT gateways', hours(has.natGateways), 'addressHour'),
    line('alarms', has.alarmMetrics, 'alarmMetricMonth'),
    line('dashboards', has.dashboards, 'dashboardMonth'),
    line('metrics of functions', has.functions * assumptions.metricsPerFunction, 'metricMonth'),
    line('keys and secrets', has.keys, 'keyMonth'),
    line('keys and secrets', has.secrets + secretsGiven(settings), 'secretMonth'),
    ...scheduleLines(has),
    line('polling of queues', hours(has.queuesPolled * assumptions.emptyReceivesPerHour), 'sqsRequest'),
  ];
}

export const instancesOf = ({ database }: Settings): number =>
  database.kind === 'aurora' ? 1 + database.readers : 0;

function databaseLines(settings: Settings, acu: number): Line[] {
  const { database } = settings;
  if (database.kind !== 'aurora') return [];
  // readers follow the writer's capacity
  const all = acu * instancesOf(settings);
  const proxied = Math.max(proxyMinimumAcu, all) * hoursPerMonth;
  return [
    line('Aurora capacity', all * hoursPerMonth, 'acuHour'),
    ...(database.proxy ? [line('RDS Proxy', proxied, 'proxyAcuHour')] : []),
  ];
}

/** A graph reached with a checked certificate is taken for Neo4j's own service. */
export const isAura = ({ graph }: Settings): boolean =>
  graph.kind === 'external' && graph.uri.startsWith('neo4j+s:');

function graphLines(settings: Settings, { machines, volumeGb }: Inventory, graphBytes: number): Line[] {
  const { graph } = settings;
  if (graph.kind === 'self-hosted') {
    if (graph.instanceType !== 't4g.medium') throw new Error(`There is no price of ${graph.instanceType}.`);
    return [
      line('Neo4j', machines * hoursPerMonth, 't4gMediumHour'),
      line('Neo4j', volumeGb, 'volumeGbMonth'),
    ];
  }
  return isAura(settings) ? [line('Neo4j', auraGb(graphBytes), 'auraGbMonth')] : [];
}

const auraGb = (graphBytes: number) =>
  Math.max(1, Math.ceil(graphBytes / assumptions.auraDiskPerMemory / 1e9));

/** Secrets that somebody else made for this stage are billed like its own. */
const secretsGiven = ({ database, graph }: Settings) =>
  (database.kind === 'external' ? 2 : 0) + (graph.kind === 'external' && graph.secretName ? 1 : 0);

function scheduleLines({ scheduledCallsPerHour }: Inventory): Line[] {
  const calls = scheduledCallsPerHour * hoursPerMonth;
  const gb = specNamed('relay-outbox').memoryMb / 1024;
  return [
    line('schedules', calls, 'schedulerCall'),
    line('schedules', calls, 'lambdaRequest'),
    line('schedules', calls * gb * assumptions.scheduledSeconds, 'lambdaGbSecond'),
    line('schedules', (calls * assumptions.logBytes) / 1e9, 'logGb'),
  ];
}
