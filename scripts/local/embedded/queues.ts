import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { embeddedAws } from './credentials.ts';
import type { EmbeddedServer } from './part.ts';

const account = '000000000000';

export interface QueueDefinition {
  name: string;
  visibilitySeconds: number;
  maxReceiveCount: number;
}

/** The URL under which the embedded server knows a queue. */
export const queueUrl = (port: number, name: string) => `http://127.0.0.1:${port}/${account}/${name}`;

/** A message that failed too often waits here. */
export const deadLetterName = (name: string) => `${name}-dead-letter`;

/** SQS in this process. It starts empty: what was waiting is found again by the sweeper. */
export async function startQueues(
  definitions: readonly QueueDefinition[],
  wantedPort: number,
): Promise<EmbeddedServer> {
  // the package's own start function listens on every interface
  const app = buildApp({ logger: false, defaultRegion: embeddedAws.region });
  await app.listen({ port: wantedPort, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the queue server has no port');
  const client = new SQSClient({ ...embeddedAws, endpoint: `http://127.0.0.1:${address.port}` });
  for (const definition of definitions) await createQueue(client, definition);
  client.destroy();
  return {
    port: address.port,
    async stop() {
      // pollers keep their connections; without this the server waits for them to go
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

async function createQueue(client: SQSClient, { name, visibilitySeconds, maxReceiveCount }: QueueDefinition) {
  const deadLetter = deadLetterName(name);
  await client.send(new CreateQueueCommand({ QueueName: deadLetter }));
  await client.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        VisibilityTimeout: String(visibilitySeconds),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: `arn:aws:sqs:${embeddedAws.region}:${account}:${deadLetter}`,
          maxReceiveCount,
        }),
      },
    }),
  );
}
