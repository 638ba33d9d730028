import { SQSClient } from '@aws-sdk/client-sqs';
import type { GraphChangeQueue } from '../../replication/ports.ts';
import { sqsGraphChanges } from './graph-changes.ts';

export const openQueue = (queueUrl: string): GraphChangeQueue =>
  sqsGraphChanges({
    queueUrl,
    client: new SQSClient({
      maxAttempts: 2,
      // emulators answer URLs that name another host than the one they are reached at
      useQueueUrlAsEndpoint: false,
      requestHandler: { connectionTimeout: 300, requestTimeout: 1_000, throwOnRequestTimeout: true },
    }),
  });
