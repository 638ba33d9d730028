import { randomUUID } from 'node:crypto';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQueue, emulatedAws } from '../../scripts/services/aws-resources.ts';
import { takeAll } from '../../scripts/services/queue-contents.ts';
import { eventBridgePublisher } from '../../shared/adapters/eventbridge/event-publisher.ts';
import { eventSource } from '../../shared/contracts/events.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { describeEventPublisher, someEvent } from '../conformance/event-publisher.ts';
import { sqsClient } from './support/aws.ts';
import { awsEndpoint } from './support/servers.ts';

const busName = `test-${randomUUID()}`;
let bus: EventBridgeClient;
let queues: SQSClient;
let queueUrl: string;

beforeAll(async () => {
  bus = new EventBridgeClient({ ...emulatedAws, endpoint: awsEndpoint() });
  queues = sqsClient();
  await bus.send(new CreateEventBusCommand({ Name: busName }));
  queueUrl = await createQueue(awsEndpoint(), { name: busName, visibilitySeconds: 30, maxReceiveCount: 5 });
  const { Attributes } = await queues.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  const rule = { Name: 'stored', EventBusName: busName };
  const pattern = { source: [eventSource], 'detail-type': ['memory.stored'] };
  await bus.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern) }));
  await bus.send(
    new PutTargetsCommand({
      Rule: rule.Name,
      EventBusName: busName,
      Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }],
    }),
  );
});
afterAll(() => {
  bus.destroy();
  queues.destroy();
});

const arrived = async () =>
  (await takeAll(queues, queueUrl)).map((body) => (JSON.parse(body) as { detail: unknown }).detail);
const publisher = () => eventBridgePublisher({ client: bus, busName, logger: silentLogger });

describeEventPublisher('EventBridge of MiniStack', async () => {
  await takeAll(queues, queueUrl);
  return { publisher: publisher(), arrived };
});

describe('a rule of the bus', () => {
  it('leads on what it names, and nothing else', async () => {
    const wanted = someEvent();
    const other = { ...someEvent(), type: 'memory.deleted' as const };
    await publisher().publish([other, wanted]);
    await expect.poll(arrived).toEqual([wanted]);
  });
});
