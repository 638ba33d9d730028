import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-eventbridge';
import { BucketAlreadyOwnedByYou, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { functionSpecs } from '../../functions/index.ts';
import { cacheTable } from '../../shared/contracts/cache-table.ts';
import { rateLimitTable } from '../../shared/contracts/rate-limit-table.ts';

export const emulatedAws = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
} as const;

const account = '000000000000';

export interface AwsNames {
  CACHE_TABLE: string;
  RATE_LIMIT_TABLE: string;
  GRAPH_CHANGES_QUEUE_URL: string;
  EVENT_BUS_NAME: string;
  ARCHIVE_BUCKET: string;
}

export interface QueueOptions {
  name: string;
  visibilitySeconds: number;
  maxReceiveCount: number;
}

/** What infra makes on AWS, for a host that runs here: the tables, the queue with its redrive, the bus, the bucket. */
export async function createAwsResources(endpoint: string): Promise<AwsNames> {
  const [CACHE_TABLE, RATE_LIMIT_TABLE, GRAPH_CHANGES_QUEUE_URL, EVENT_BUS_NAME, ARCHIVE_BUCKET] =
    await Promise.all([
      createTable(endpoint, 'strata-cache', cacheTable),
      createTable(endpoint, 'strata-rate-limits', rateLimitTable),
      createQueue(endpoint, {
        name: 'graph-changes',
        visibilitySeconds: 6 * timeoutOfConsumer('graph-changes'),
        maxReceiveCount: 5,
      }),
      createBus(endpoint, 'strata'),
      createBucket(endpoint, 'strata-archive'),
    ]);
  return { CACHE_TABLE, RATE_LIMIT_TABLE, GRAPH_CHANGES_QUEUE_URL, EVENT_BUS_NAME, ARCHIVE_BUCKET };
}

/** Of the dead-letter queue of a queue. */
export const deadLetterUrl = (queueUrl: string): string => `${queueUrl}-dead-letter`;

/** Answers the queue's URL. One that is there stays as it is. */
export async function createQueue(endpoint: string, options: QueueOptions): Promise<string> {
  const client = new SQSClient({ ...emulatedAws, endpoint, useQueueUrlAsEndpoint: false });
  const url = `${endpoint}/${account}/${options.name}`;
  const redrive = {
    deadLetterTargetArn: `arn:aws:sqs:${emulatedAws.region}:${account}:${options.name}-dead-letter`,
    maxReceiveCount: options.maxReceiveCount,
  };
  try {
    if (await isQueue(client, url)) return url;
    await client.send(new CreateQueueCommand({ QueueName: `${options.name}-dead-letter` }));
    await client.send(
      new CreateQueueCommand({
        QueueName: options.name,
        Attributes: {
          VisibilityTimeout: String(options.visibilitySeconds),
          RedrivePolicy: JSON.stringify(redrive),
        },
      }),
    );
    return url;
  } finally {
    client.destroy();
  }
}

/** Answers the table's name. */
export async function createTable(
  endpoint: string,
  name: string,
  { partitionKey, sortKey }: { partitionKey: string; sortKey: string },
): Promise<string> {
  const client = new DynamoDBClient({ ...emulatedAws, endpoint });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [partitionKey, sortKey].map((key) => ({
          AttributeName: key,
          AttributeType: 'S',
        })),
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  } finally {
    client.destroy();
  }
  return name;
}

async function createBus(endpoint: string, name: string): Promise<string> {
  const client = new EventBridgeClient({ ...emulatedAws, endpoint });
  try {
    await client.send(new CreateEventBusCommand({ Name: name }));
  } catch (error) {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  } finally {
    client.destroy();
  }
  return name;
}

/** Answers the bucket's name. */
export async function createBucket(endpoint: string, Bucket: string): Promise<string> {
  const client = new S3Client({ ...emulatedAws, endpoint, forcePathStyle: true });
  try {
    const CreateBucketConfiguration = { LocationConstraint: emulatedAws.region };
    await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  } finally {
    client.destroy();
  }
  return Bucket;
}

const isQueue = (client: SQSClient, QueueUrl: string) =>
  client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] })).then(
    () => true,
    (error: Error) => {
      if (error.name === 'QueueDoesNotExist') return false;
      throw error;
    },
  );

function timeoutOfConsumer(queue: string): number {
  const consumer = functionSpecs.find(({ trigger }) => trigger.kind === 'queue' && trigger.queue === queue);
  if (consumer === undefined) throw new Error(`no function works on the queue ${queue}`);
  return consumer.timeoutSeconds;
}
