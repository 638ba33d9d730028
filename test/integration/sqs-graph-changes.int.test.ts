import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embeddedAws } from '../../scripts/local/embedded/credentials.ts';
import { type EmbeddedPart, embeddedPart } from '../../scripts/local/embedded/part.ts';
import { deadLetterName, queueUrl, startQueues } from '../../scripts/local/embedded/queues.ts';
import { pollQueue } from '../../scripts/local/event-source.ts';
import { sqsGraphChanges } from '../../shared/adapters/sqs/graph-changes.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { describeGraphChangeQueue, someChange } from '../conformance/graph-change-queue.ts';

const queue = (name: string, visibilitySeconds = 60) => ({ name, visibilitySeconds, maxReceiveCount: 2 });

describe('graph changes in SQS', () => {
  let server: EmbeddedPart;
  let client: SQSClient;
  const url = (name: string) => queueUrl(server.port, name);

  beforeAll(async () => {
    server = await embeddedPart((port) =>
      startQueues([queue('conformance'), queue('polled', 1), queue('failing', 0)], port),
    );
    client = new SQSClient({ ...embeddedAws, endpoint: server.endpoint, useQueueUrlAsEndpoint: false });
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  async function takeAll(name: string): Promise<unknown[]> {
    const bodies: unknown[] = [];
    for (;;) {
      const receive = new ReceiveMessageCommand({ QueueUrl: url(name), MaxNumberOfMessages: 10 });
      const { Messages = [] } = await client.send(receive);
      if (Messages.length === 0) return bodies;
      for (const { Body, ReceiptHandle } of Messages) {
        bodies.push(JSON.parse(Body!));
        await client.send(new DeleteMessageCommand({ QueueUrl: url(name), ReceiptHandle }));
      }
    }
  }

  describeGraphChangeQueue('SQS', async () => ({
    queue: sqsGraphChanges({ client, queueUrl: url('conformance') }),
    takeAll: () => takeAll('conformance'),
  }));

  const refusing = (refusals: number) => {
    const sent: string[][] = [];
    const send = vi.fn(async ({ input }: SendMessageBatchCommand) => {
      const entries = input.Entries ?? [];
      sent.push(entries.map((entry) => entry.MessageBody!));
      const Failed =
        sent.length <= refusals ? [{ Id: entries[1]!.Id, Code: 'Throttled', SenderFault: false }] : [];
      return { Failed };
    });
    return { client: { send } as unknown as SQSClient, sent };
  };

  it('sends the refused ones again, and only those', async () => {
    const { client: throttled, sent } = refusing(1);
    const changes = [someChange(1), someChange(2), someChange(3)];
    await sqsGraphChanges({ client: throttled, queueUrl: 'https://queue.test/q' }).send(changes);
    expect(sent).toEqual([changes.map((change) => JSON.stringify(change)), [JSON.stringify(changes[1])]]);
  });

  it('fails as store_unavailable, to be tried again, when the queue is gone', async () => {
    const unreachable = new SQSClient({ ...embeddedAws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    const sending = sqsGraphChanges({ client: unreachable, queueUrl: 'http://127.0.0.1:1/0/q' }).send([
      someChange(),
    ]);
    await expect(sending).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
  });

  it('feeds a function: what it reports comes again, the rest is gone', async () => {
    const changes = Array.from({ length: 25 }, (_, index) => someChange(index + 1));
    await sqsGraphChanges({ client, queueUrl: url('polled') }).send(changes);
    const attempts = new Map<string, number>();
    const sizes: number[] = [];
    const finished = Promise.withResolvers<void>();
    const invoke = async ({ Records }: SQSEvent) => {
      sizes.push(Records.length);
      const batchItemFailures = [];
      for (const { body, messageId } of Records) {
        const attempt = (attempts.get(body) ?? 0) + 1;
        attempts.set(body, attempt);
        if (body.includes('"version":7}') && attempt === 1)
          batchItemFailures.push({ itemIdentifier: messageId });
        if (attempt === 2) finished.resolve();
      }
      return { batchItemFailures };
    };
    const stop = pollQueue({ client, queueUrl: url('polled'), batchSize: 100, invoke, logger: silentLogger });
    await finished.promise;
    await stop();
    expect(sizes).toEqual([25, 1]);
    expect(attempts.size).toBe(25);
    expect([...attempts.values()].filter((count) => count === 2)).toHaveLength(1);
  });

  it('moves what always fails to the dead-letter queue', async () => {
    await sqsGraphChanges({ client, queueUrl: url('failing') }).send([someChange()]);
    let received = 0;
    const invoke = async () => {
      received += 1;
      throw new Error('always');
    };
    const stop = pollQueue({ client, queueUrl: url('failing'), batchSize: 10, invoke, logger: silentLogger });
    await vi.waitFor(async () => {
      const attributes = new GetQueueAttributesCommand({
        QueueUrl: url(deadLetterName('failing')),
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      const { Attributes } = await client.send(attributes);
      expect(Attributes?.ApproximateNumberOfMessages).toBe('1');
    });
    await stop();
    expect(received).toBe(2);
  });
});
