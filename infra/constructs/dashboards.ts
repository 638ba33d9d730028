import { Duration } from 'aws-cdk-lib';
import { Dashboard, type IWidget, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { spec as fillEmbeddings } from '../../functions/fill-embeddings/spec.ts';
import { spec as finishRestores } from '../../functions/finish-restores/spec.ts';
import { spec as pushToSockets } from '../../functions/push-to-sockets/spec.ts';
import { spec as relayOutbox } from '../../functions/relay-outbox/spec.ts';
import { spec as socket } from '../../functions/socket/spec.ts';
import { spec as sweepSync } from '../../functions/sweep-sync/spec.ts';
import { spec as tierToArchive } from '../../functions/tier-to-archive/spec.ts';
import { memoryOperations } from '../../shared/contracts/memory/operations.ts';
import type { Settings } from '../settings.ts';
import type { DataStack } from '../stacks/data.ts';
import type { ServiceStack } from '../stacks/service.ts';
import { graph } from './graph-widget.ts';
import { learningBoard } from './learning-board.ts';
import { counted, countedByAll, failedPercent, ofCluster, ofRoute } from './metrics.ts';
import type { ServiceFunction } from './service-function.ts';

const period = Duration.minutes(5);
const daily = Duration.days(1);

interface Shown {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly service: ServiceStack;
}

/** One dashboard per question that people come with. */
export function addDashboards(scope: Construct, shown: Shown): void {
  const boards: Record<string, IWidget[]> = {
    api: api(shown),
    tiers: tiers(shown),
    sync: sync(shown),
    queues: queues(shown),
    learning: learningBoard([shown.service.api, shown.service.serviceApi]),
    cost: cost(shown),
  };
  for (const [name, widgets] of Object.entries(boards)) {
    new Dashboard(scope, `${name}-board`, {
      dashboardName: `strata-${shown.settings.stage}-${name}`,
      widgets: [widgets.slice(0, 2), widgets.slice(2, 4), widgets.slice(4)],
    });
  }
}

/** Names of the functions that keep to the limits of tenants. */
const limited = (functions: readonly ServiceFunction[]): string[] =>
  functions.filter(({ spec }) => spec.uses.includes('rateLimits')).map(({ spec }) => spec.name);

function api({ settings: { stage }, service: { api: main, serviceApi, functions } }: Shown): IWidget[] {
  const apis = [main, serviceApi];
  const percentiles = ['p50', 'p99'];
  return [
    graph(
      'Requests',
      apis.map(({ api }) => api.metricCount({ period, statistic: Stats.SUM, label: api.node.path })),
    ),
    graph('Failed requests, percent', [failedPercent(apis, period)]),
    graph(
      'Refused requests',
      apis.map(({ api }) => api.metricClientError({ period, statistic: Stats.SUM })),
    ),
    graph(
      'Beyond a limit of the tenant (429) a minute, and requests that no limiter saw',
      [countedByAll(stage, limited(functions), 'limited')],
      [countedByAll(stage, limited(functions), 'limiterAway')],
    ),
    graph(
      'Single write, ms',
      percentiles.map((statistic) =>
        ofRoute(main, memoryOperations.storeMemory, { statistic, period, label: statistic }),
      ),
    ),
    graph(
      'Recall, ms',
      percentiles.map((statistic) =>
        ofRoute(main, memoryOperations.searchMemories, { statistic, period, label: statistic }),
      ),
    ),
    graph(
      'Functions at once',
      functions.map(({ lambda, spec }) =>
        lambda.metric('ConcurrentExecutions', { period, statistic: Stats.MAXIMUM, label: spec.name }),
      ),
    ),
  ];
}

/** Hot: the cache. Warm: Postgres. Cold: the archive. */
function tiers({ settings: { stage }, data: { table, clusterId, buckets } }: Shown): IWidget[] {
  const hourly = Duration.minutes(tierToArchive.trigger.everyMinutes);
  const archive = (...names: string[]) =>
    names.map((name) => counted(stage, tierToArchive.name, name, hourly));
  const database = (metricName: string, statistic: string) =>
    clusterId === undefined ? [] : [ofCluster(clusterId, metricName, { statistic, period })];
  return [
    graph('Hot: units of the cache', [
      table.metricConsumedReadCapacityUnits({ period }),
      table.metricConsumedWriteCapacityUnits({ period }),
    ]),
    graph(
      'Warm: capacity units',
      database('ServerlessDatabaseCapacity', Stats.AVERAGE),
      database('ACUUtilization', Stats.MAXIMUM),
    ),
    graph(
      'Warm: connections',
      database('DatabaseConnections', Stats.MAXIMUM),
      database('CommitLatency', Stats.AVERAGE),
    ),
    graph(
      'Cold: bytes',
      storageClasses.map((storage) => stored(buckets.archive.bucketName, storage)),
    ),
    graph('Memories: warm and cold', archive('warmMemories', 'coldMemories')),
    graph('Archived an hour, and not', archive('archived', 'failed'), archive('damagedEntries')),
    graph('Objects of the archive', archive('packs', 'compactedPacks', 'discardedPacks')),
    graph('Waiting for Glacier', [
      counted(stage, finishRestores.name, 'running'),
      counted(stage, finishRestores.name, 'failed'),
    ]),
  ];
}

const storageClasses = ['StandardStorage', 'GlacierInstantRetrievalStorage', 'DeepArchiveStorage'];

const stored = (BucketName: string, StorageType: string) =>
  new Metric({
    namespace: 'AWS/S3',
    metricName: 'BucketSizeBytes',
    dimensionsMap: { BucketName, StorageType },
    statistic: Stats.AVERAGE,
    period: daily,
    label: StorageType,
  });

const summed = (stage: string, functionName: string, metricName: string) =>
  counted(stage, functionName, metricName).with({ statistic: Stats.SUM });

function sync({ settings: { stage } }: Shown): IWidget[] {
  return [
    graph('Graph: seconds behind', [counted(stage, sweepSync.name, 'lagSeconds')]),
    graph('Graph: versions it has, percent', [
      counted(stage, sweepSync.name, 'syncPercentage').with({ statistic: Stats.MINIMUM }),
    ]),
    graph('Sent again by the sweeper', [summed(stage, sweepSync.name, 'sent')]),
    graph('Events published and refused', [
      summed(stage, relayOutbox.name, 'published'),
      summed(stage, relayOutbox.name, 'refused'),
    ]),
    graph('Memories that wait for a vector', [counted(stage, fillEmbeddings.name, 'pending')]),
    graph('Clients over WebSocket: connections and messages', [
      summed(stage, socket.name, 'connections'),
      summed(stage, socket.name, 'messages'),
    ]),
    graph('Events pushed, clients gone, pushes that failed', [
      summed(stage, pushToSockets.name, 'pushed'),
      summed(stage, pushToSockets.name, 'gone'),
      summed(stage, pushToSockets.name, 'failures'),
    ]),
  ];
}

function queues({ data, service: { failedRuns, failedEvents } }: Shown): IWidget[] {
  const waiting = [...data.queues].flatMap(([name, { queue, failed }]) => [
    graph(
      `${name}: waiting`,
      [queue.metricApproximateNumberOfMessagesVisible({ period })],
      [queue.metricApproximateAgeOfOldestMessage({ period })],
    ),
    graph(`${name}: dead letters`, [failed.metricApproximateNumberOfMessagesVisible({ period })]),
  ]);
  return [
    ...waiting,
    graph('Failed runs', [failedRuns.metricApproximateNumberOfMessagesVisible({ period })]),
    ...[...failedEvents].map(([name, queue]) =>
      graph(`${name}: dead letters`, [queue.metricApproximateNumberOfMessagesVisible({ period })]),
    ),
  ];
}

/** What the bill is made of, in the units that it counts. */
function cost({ data: { table, clusterId, buckets }, service }: Shown): IWidget[] {
  const perDay = { period: daily, statistic: Stats.SUM };
  return [
    graph(
      'Functions: milliseconds a day',
      service.functions.map(({ lambda, spec }) => lambda.metricDuration({ ...perDay, label: spec.name })),
    ),
    graph(
      'Requests a day',
      [service.api, service.serviceApi].map(({ api }) => api.metricCount(perDay)),
    ),
    graph('Cache: units a day', [
      table.metricConsumedReadCapacityUnits(perDay),
      table.metricConsumedWriteCapacityUnits(perDay),
    ]),
    graph(
      'Archive: bytes',
      storageClasses.map((storage) => stored(buckets.archive.bucketName, storage)),
    ),
    graph(
      'Postgres: capacity units, mean of a day',
      clusterId === undefined
        ? []
        : [ofCluster(clusterId, 'ServerlessDatabaseCapacity', { statistic: Stats.AVERAGE, period: daily })],
    ),
  ];
}
