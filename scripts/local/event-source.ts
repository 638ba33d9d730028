import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Logger } from '../../shared/kernel/logger.ts';
import { embeddedAws } from './embedded/credentials.ts';

export interface EventSourceOptions {
  client: Pick<SQSClient, 'send'>;
  queueUrl: string;
  batchSize: number;
  invoke(event: SQSEvent): Promise<unknown>;
  logger: Logger;
}

/** The most that one call answers. */
const pageSize = 10;
const waitSeconds = 20;
const retryMs = 500;

/**
 * Lambda's event source for SQS: receives, invokes, and deletes what the function did not report as failed.
 * What failed comes again when its visibility time-out is over. Answers the function that stops it.
 */
export function pollQueue(options: EventSourceOptions): () => Promise<void> {
  const { client, queueUrl, batchSize, invoke, logger } = options;
  const stopping = new AbortController();
  let reachable = true;

  async function receive(WaitTimeSeconds: number, limit: number): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(limit, pageSize),
      WaitTimeSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return (await client.send(command, { abortSignal: stopping.signal })).Messages ?? [];
  }

  /** Waits for the first messages, then takes what else is there. */
  async function batch(): Promise<Message[]> {
    const messages = await receive(waitSeconds, batchSize);
    for (let full = messages.length === pageSize; full && messages.length < batchSize; ) {
      const more = await receive(0, batchSize - messages.length);
      messages.push(...more);
      full = more.length === pageSize;
    }
    return messages;
  }

  async function process(messages: Message[]) {
    const answer = (await invoke({ Records: messages.map(record) })) as SQSBatchResponse | undefined;
    const failed = new Set(answer?.batchItemFailures.map((failure) => failure.itemIdentifier));
    const done = messages.filter((message) => !failed.has(message.MessageId ?? ''));
    for (let start = 0; start < done.length; start += pageSize) {
      const Entries = done
        .slice(start, start + pageSize)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  async function poll() {
    while (!stopping.signal.aborted) {
      try {
        const messages = await batch();
        if (!reachable) logger.info('queue reached again', { queueUrl });
        reachable = true;
        if (messages.length > 0) await process(messages).catch(reportFailure);
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (reachable) logger.warn('queue cannot be reached', { queueUrl, error: String(error) });
        reachable = false;
        await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  const reportFailure = (error: unknown) => logger.error('batch failed', { queueUrl, error: String(error) });
  const polling = poll();
  return async () => {
    stopping.abort();
    await polling;
  };
}

const record = (message: Message): SQSEvent['Records'][number] => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
    ...message.Attributes,
  },
  messageAttributes: {},
  md5OfBody: message.MD5OfBody ?? '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:${embeddedAws.region}:000000000000:local`,
  awsRegion: embeddedAws.region,
});
