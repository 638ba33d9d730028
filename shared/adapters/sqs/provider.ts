import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { GraphChangeQueue } from '../../replication/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { sqsGraphChanges } from './graph-changes.ts';

const config = z.object({ GRAPH_CHANGES_QUEUE_URL: z.url() });

export const graphChangesProvider: Provider<GraphChangeQueue, typeof config> = {
  config,
  build({ GRAPH_CHANGES_QUEUE_URL }) {
    const client = new SQSClient({
      maxAttempts: 2,
      // emulators answer URLs that name another host than the one they are reached at
      useQueueUrlAsEndpoint: false,
      requestHandler: { connectionTimeout: 300, requestTimeout: 1_000, throwOnRequestTimeout: true },
    });
    return sqsGraphChanges({ client, queueUrl: GRAPH_CHANGES_QUEUE_URL });
  },
};
