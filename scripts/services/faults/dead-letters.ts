import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createQueue, deadLetterUrl, emulatedAws } from '../aws-resources.ts';
import { depthOf, takeAll } from '../queue-contents.ts';

/**
 * Messages come again soon, so that a fault is over in about a minute, and are given up later than the slowest
 * server comes back. On AWS that is after half an hour.
 */
const timing = { visibilitySeconds: 5, maxReceiveCount: 8 };

export interface WatchedQueue {
  readonly url: string;
  /** Makes the queue, which an emulator that ended has forgotten. */
  create(): Promise<void>;
  /** Sends what no consumer can ever work on. Answers the bodies. */
  poison(): Promise<string[]>;
  /** Whether nothing waits and nothing is being worked on. */
  isEmpty(): Promise<boolean>;
  deadLetters(): Promise<number>;
  /** Empties the dead-letter queue. */
  takeDeadLetters(): Promise<string[]>;
  close(): void;
}

export function watchedQueue(endpoint: string): WatchedQueue {
  // of this run alone: what one left that was interrupted is none of its business
  const queue = { name: `graph-changes-${randomUUID()}`, ...timing };
  const client = new SQSClient({ ...emulatedAws, endpoint, useQueueUrlAsEndpoint: false });
  const url = `${endpoint}/000000000000/${queue.name}`;
  const dead = deadLetterUrl(url);

  return {
    url,
    create: async () => void (await createQueue(endpoint, queue)),
    async poison() {
      const memory = { memoryId: randomUUID(), tenantId: 'poison', version: 1 };
      const bodies = [
        '{"schemaVersion":1,',
        JSON.stringify({ ...memory, schemaVersion: 2 }),
        JSON.stringify({ ...memory, schemaVersion: 1, version: -1 }),
      ];
      for (const MessageBody of bodies)
        await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));
      return bodies;
    },
    async isEmpty() {
      const { visible, inFlight } = await depthOf(client, url);
      return visible + inFlight === 0;
    },
    deadLetters: async () => (await depthOf(client, dead)).visible,
    takeDeadLetters: () => takeAll(client, dead),
    close: () => client.destroy(),
  };
}
