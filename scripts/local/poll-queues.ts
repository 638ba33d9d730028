import { SQSClient } from '@aws-sdk/client-sqs';
import type { QueueName } from '../../shared/contracts/function-spec.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { pollQueue } from './event-source.ts';
import type { LocalFunction } from './functions.ts';
import type { Environment } from './settings.ts';

/** The variable that tells the functions where each queue is. */
const urlVariable: Record<QueueName, string> = { 'graph-changes': 'GRAPH_CHANGES_QUEUE_URL' };

/** Feeds every function that has a queue. Answers the function that stops them all. */
export function pollQueues(
  functions: readonly LocalFunction[],
  environment: Environment,
  logger: Logger,
): () => Promise<void> {
  const client = new SQSClient({ useQueueUrlAsEndpoint: false, maxAttempts: 1 });
  const stops = functions.flatMap(({ spec: { trigger }, invoke }) => {
    const queueUrl = trigger.kind === 'queue' ? environment[urlVariable[trigger.queue]] : undefined;
    if (trigger.kind !== 'queue' || queueUrl === undefined) return [];
    return [pollQueue({ client, queueUrl, batchSize: trigger.batchSize, invoke, logger })];
  });
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    client.destroy();
  };
}
