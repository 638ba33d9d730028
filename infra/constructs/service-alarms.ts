import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { spec as apiMemory } from '../../functions/api-memory/spec.ts';
import { spec as fillEmbeddings } from '../../functions/fill-embeddings/spec.ts';
import { spec as relayOutbox } from '../../functions/relay-outbox/spec.ts';
import { spec as socket } from '../../functions/socket/spec.ts';
import { spec as sweepSockets } from '../../functions/sweep-sockets/spec.ts';
import { spec as sweepSync } from '../../functions/sweep-sync/spec.ts';
import { spec as tierToArchive } from '../../functions/tier-to-archive/spec.ts';
import { memoryOperations } from '../../shared/contracts/memory/operations.ts';
import type { Settings } from '../settings.ts';
import type { DataStack } from '../stacks/data.ts';
import type { ServiceStack } from '../stacks/service.ts';
import type { Alarms } from './alarms.ts';
import { watchBudget } from './burn-rate.ts';
import { counted, failedPercent, ofCluster, slowPercent } from './metrics.ts';
import type { ServiceFunction } from './service-function.ts';

const minute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);

interface Watched {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly service: ServiceStack;
}

/** Every alarm of a stage. Its name is a heading of docs/runbook.md. */
export function watchService(alarms: Alarms, { settings, data, service }: Watched): void {
  watchObjectives(alarms, settings, service);
  watchQueues(alarms, data, service);
  for (const served of service.functions) watchSchedule(alarms, served);
  watchFlows(alarms, settings);
  watchDatabase(alarms, data);
}

function watchObjectives(alarms: Alarms, { objectives }: Settings, { api, serviceApi }: ServiceStack): void {
  if (!objectives) return;
  const { availabilityPercent, writeP99Ms } = objectives;
  watchBudget(alarms, 'availability', 100 - availabilityPercent, (period) =>
    failedPercent([api, serviceApi], period),
  );
  watchBudget(alarms, 'write-latency', 1, (period) =>
    slowPercent(api, memoryOperations.storeMemory, writeP99Ms, period),
  );
}

function watchQueues(
  alarms: Alarms,
  { queues }: DataStack,
  { failedEvents, failedRuns }: ServiceStack,
): void {
  for (const [name, { queue, failed }] of queues) {
    alarms.add(`${name}-backlog`, 'warning', {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: minute, statistic: Stats.MAXIMUM }),
      above: 900,
      periods: 5,
    });
    watchDeadLetters(alarms, `${name}-dead-letters`, failed);
  }
  for (const [name, queue] of failedEvents) watchDeadLetters(alarms, `${name}-dead-letters`, queue);
  watchDeadLetters(alarms, 'failed-runs', failedRuns);
}

const watchDeadLetters = (alarms: Alarms, name: string, queue: Queue) =>
  alarms.add(name, 'warning', {
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: fiveMinutes, statistic: Stats.MAXIMUM }),
    above: 0,
  });

/** Rings when no run succeeded for a while: every one failed, or none was started. */
function watchSchedule(alarms: Alarms, { spec, lambda }: ServiceFunction): void {
  if (spec.trigger.kind !== 'schedule') return;
  const period = Duration.minutes(Math.max(5, 3 * spec.trigger.everyMinutes));
  alarms.add(`${spec.name}-not-running`, 'critical', {
    // one value per run, 0 or 1: the least of them is 1 when none succeeded, and there is none when none began
    metric: lambda.metricErrors({ period, statistic: Stats.MINIMUM }),
    above: 0,
    periods: 2,
    silence: TreatMissingData.BREACHING,
  });
}

/** What waits somewhere inside for longer than it should. */
function watchFlows(alarms: Alarms, { stage }: Settings): void {
  alarms.add('graph-behind', 'warning', {
    metric: counted(stage, sweepSync.name, 'lagSeconds'),
    above: 600,
    periods: 5,
  });
  alarms.add('events-refused', 'warning', {
    metric: counted(stage, relayOutbox.name, 'refused'),
    above: 0,
    periods: 5,
  });
  alarms.add('socket-errors', 'warning', {
    metric: counted(stage, socket.name, 'errors5xx'),
    above: 0,
    periods: 5,
  });
  alarms.add('sockets-unreached', 'warning', {
    metric: counted(stage, sweepSockets.name, 'unreached'),
    above: 0,
    periods: 5,
  });
  // the run counts once an hour
  const archive = (metricName: string) =>
    counted(stage, tierToArchive.name, metricName, Duration.minutes(tierToArchive.trigger.everyMinutes));
  alarms.add('archive-failing', 'warning', { metric: archive('failed'), above: 0, periods: 2 });
  alarms.add('archive-damaged', 'critical', { metric: archive('damagedEntries'), above: 0 });
  alarms.add('embeddings-waiting', 'warning', {
    metric: counted(stage, fillEmbeddings.name, 'pending'),
    above: 0,
    periods: 30,
  });
  // without the limiter one tenant may take what is everybody's; of all who ask it, this one asks most
  alarms.add('rate-limiter-away', 'warning', {
    metric: counted(stage, apiMemory.name, 'limiterAway'),
    above: 0,
    periods: 5,
  });
}

function watchDatabase(alarms: Alarms, { clusterId }: DataStack): void {
  if (clusterId === undefined) return;
  alarms.add('database-capacity', 'warning', {
    metric: ofCluster(clusterId, 'ACUUtilization', { statistic: Stats.MAXIMUM, period: fiveMinutes }),
    above: 90,
    periods: 3,
  });
}
