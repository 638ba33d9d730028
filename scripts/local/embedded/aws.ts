import { cacheTable } from '../../../shared/contracts/cache-table.ts';
import type { QueueName } from '../../../shared/contracts/function-spec.ts';
import { rateLimitTable } from '../../../shared/contracts/rate-limit-table.ts';
import type { Logger } from '../../../shared/kernel/logger.ts';
import { embeddedNames } from '../environment.ts';
import type { LocalFunction } from '../functions.ts';
import { startArchive } from './archive.ts';
import { type BusTarget, startBus } from './bus.ts';
import { dynamodbBinary, startDynamodb } from './dynamodb.ts';
import { type EmbeddedPart, embeddedPart } from './part.ts';
import { type QueueDefinition, queueUrl, startQueues } from './queues.ts';

export interface EmbeddedAws {
  /** Absent where its binary is not installed. */
  cache: EmbeddedPart | undefined;
  queues: EmbeddedPart;
  bus: EmbeddedPart;
  archive: EmbeddedPart;
}

export interface EmbeddedAwsOptions {
  functions: readonly LocalFunction[];
  /** Of the archive's objects. */
  archiveDirectory: string;
  queueVisibilitySeconds: number | undefined;
  logger: Logger;
}

/** Lambda's advice, so that a message never comes again while it is being worked on. */
const visibilityFactor = 6;
const maxReceiveCount = 5;

const tables = [
  { name: embeddedNames.cacheTable, ...cacheTable },
  { name: embeddedNames.rateLimitTable, ...rateLimitTable },
];

/** What AWS has around the functions: cache, queues, bus and archive. */
export async function startEmbeddedAws(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  const binary = dynamodbBinary();
  const definitions = queueDefinitions(options);
  const targets = busTargets(options);
  const starting = [
    binary && embeddedPart((port) => startDynamodb(binary, tables, port)),
    embeddedPart((port) => startQueues(definitions, port)),
    embeddedPart((port) => startBus(targets, options.logger, port)),
    embeddedPart((port) => startArchive(options.archiveDirectory, embeddedNames.archiveBucket, port)),
  ] as const;
  try {
    const [cache, queues, bus, archive] = await Promise.all(starting);
    return { cache: cache || undefined, queues, bus, archive };
  } catch (error) {
    const settled = await Promise.allSettled(starting);
    await Promise.all(settled.map((part) => part.status === 'fulfilled' && part.value && part.value.stop()));
    throw error;
  }
}

/** The URL of a queue on the embedded server. */
export const urlOfQueue = ({ queues }: EmbeddedAws, name: QueueName) => queueUrl(queues.port, name);

const queueDefinitions = ({ functions, queueVisibilitySeconds }: EmbeddedAwsOptions): QueueDefinition[] =>
  functions.flatMap(({ spec: { trigger, timeoutSeconds } }) => {
    if (trigger.kind !== 'queue') return [];
    const visibilitySeconds = queueVisibilitySeconds ?? visibilityFactor * timeoutSeconds;
    return [{ name: trigger.queue, visibilitySeconds, maxReceiveCount }];
  });

const busTargets = ({ functions }: EmbeddedAwsOptions): BusTarget[] =>
  functions.flatMap(({ spec: { name, trigger }, invoke }) =>
    trigger.kind === 'bus' ? [{ name, detailTypes: trigger.events, invoke }] : [],
  );
