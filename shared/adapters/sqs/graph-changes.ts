import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { bulkhead } from 'cockatiel';
import type { GraphChange } from '../../contracts/messages.ts';
import { AppError } from '../../kernel/app-error.ts';
import { chunksOf } from '../../kernel/chunks-of.ts';
import type { GraphChangeQueue } from '../../replication/ports.ts';

export interface SqsGraphChangesOptions {
  client: Pick<SQSClient, 'send'>;
  queueUrl: string;
}

/** The most that one call may carry. */
const batchSize = 10;
const batchesAtOnce = 8;

/** The queue `graph-changes` in SQS. */
export function sqsGraphChanges({ client, queueUrl }: SqsGraphChangesOptions): GraphChangeQueue {
  const limit = bulkhead(batchesAtOnce, Number.POSITIVE_INFINITY);

  /** Answers the entries that the queue did not take. */
  async function sendOnce(entries: SendMessageBatchRequestEntry[]): Promise<SendMessageBatchRequestEntry[]> {
    const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
    const failed = new Set(answer.Failed?.map((failure) => failure.Id));
    return entries.filter((entry) => failed.has(entry.Id));
  }

  async function sendBatch(changes: GraphChange[]) {
    const entries = changes.map((change, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(change),
    }));
    const failed = await sendOnce(entries);
    // throttling refuses single entries of an accepted call, which the SDK does not retry
    const refused = failed.length > 0 ? await sendOnce(failed) : [];
    if (refused.length > 0)
      throw new Error(`the queue refused ${refused.length} of ${entries.length} messages`);
  }

  return {
    async send(changes) {
      const batches = chunksOf(changes, batchSize);
      const sent = await Promise.allSettled(batches.map((batch) => limit.execute(() => sendBatch(batch))));
      const failure = sent.find((result) => result.status === 'rejected');
      if (failure === undefined) return;
      throw new AppError('store_unavailable', 'The queue of graph changes cannot be reached.', {
        retryable: true,
        cause: failure.reason,
      });
    },
  };
}
