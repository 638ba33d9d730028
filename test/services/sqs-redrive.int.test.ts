import { randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pollQueue } from '../../scripts/local/event-source.ts';
import { createQueue, deadLetterUrl } from '../../scripts/services/aws-resources.ts';
import { depthOf, takeAll } from '../../scripts/services/queue-contents.ts';
import { sqsGraphChanges } from '../../shared/adapters/sqs/graph-changes.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { describeGraphChangeQueue, someChange } from '../conformance/graph-change-queue.ts';
import { sqsClient } from './support/aws.ts';
import { awsEndpoint } from './support/servers.ts';

const newQueue = (visibilitySeconds: number, maxReceiveCount = 2) =>
  createQueue(awsEndpoint(), { name: `test-${randomUUID()}`, visibilitySeconds, maxReceiveCount });

let client: SQSClient;
let conformanceQueue: string;
beforeAll(async () => {
  client = sqsClient();
  conformanceQueue = await newQueue(60);
});
afterAll(() => client.destroy());

describeGraphChangeQueue('SQS of MiniStack', async () => ({
  queue: sqsGraphChanges({ client, queueUrl: conformanceQueue }),
  takeAll: async () => (await takeAll(client, conformanceQueue)).map((body): unknown => JSON.parse(body)),
}));

describe('a queue with a dead-letter queue', () => {
  it('gives up what always fails after the tries that it allows, and only that', async () => {
    const queueUrl = await newQueue(1, 3);
    const good = someChange();
    const poison = 'no JSON at all';
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: poison }));
    await sqsGraphChanges({ client, queueUrl }).send([good]);
    const tries = new Map<string, number>();
    const invoke = async ({ Records }: SQSEvent) => {
      for (const { body } of Records) tries.set(body, (tries.get(body) ?? 0) + 1);
      const failed = Records.filter(({ body }) => body === poison);
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
    const stop = pollQueue({ client, queueUrl, batchSize: 10, invoke, logger: silentLogger });
    const dead = deadLetterUrl(queueUrl);
    await expect.poll(async () => (await depthOf(client, dead)).visible, { timeout: 15_000 }).toBe(1);
    await stop();
    expect(tries).toEqual(
      new Map([
        [poison, 3],
        [JSON.stringify(good), 1],
      ]),
    );
    expect(await takeAll(client, dead)).toEqual([poison]);
    expect(await depthOf(client, queueUrl)).toEqual({ visible: 0, inFlight: 0 });
  });
});
