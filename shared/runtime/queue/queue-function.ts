import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { FunctionSpec } from '../../contracts/function-spec.ts';
import type { Deps, Providers } from '../deps.ts';
import type { QueueHandler } from '../handlers.ts';
import type { Host } from '../host.ts';
import { describeError } from '../observability/describe-error.ts';
import { annotate } from '../observability/invocation.ts';
import { count, type Description } from '../observability/observation.ts';
import { type LambdaFunction, pipeline } from '../pipeline.ts';
import { type ParsedBatch, parseRecords } from './records.ts';

export type QueueSpec = FunctionSpec & { readonly trigger: { readonly kind: 'queue' } };

/**
 * The Lambda behind a queue. The handler gets the whole set of parsed messages, because the work is done on sets;
 * Powertools' batch processor would hand over one at a time. Answers partial failures: poison alone, what the
 * handler names, or all when the handler throws or the time is up. Redelivery is harmless by design, so in doubt
 * a message is reported; retryable or not, SQS's `maxReceiveCount` decides when it goes to the dead-letter queue.
 */
export function queueFunction<const S extends QueueSpec, T>(
  spec: S,
  message: z.ZodType<T>,
  handler: QueueHandler<S, T>,
  providers: Providers<S>,
  host: Partial<Host> = {},
): LambdaFunction<SQSEvent, SQSBatchResponse> {
  return pipeline<S, SQSEvent, SQSBatchResponse>(spec, providers, host, {
    identify: (event) => ({ records: event.Records?.length ?? 0 }),
    run: async (event, deps, deadline) => {
      const batch = parseRecords(event.Records ?? [], message);
      const failed = new Set(batch.poison.map(({ messageId }) => messageId));
      for (const { messageId, reason } of batch.poison) {
        deps.logger.error('message refused', { messageId, reason });
      }
      for (const messageId of await unfinished(batch, handler, deps, deadline)) failed.add(messageId);
      annotate({ failed: failed.size, poison: batch.poison.length });
      return report(failed, batch.unnamed);
    },
    describe,
    recover: (_error, event) => wholeBatch(event),
  });
}

async function unfinished<S extends FunctionSpec, T>(
  { messages }: ParsedBatch<T>,
  handler: QueueHandler<S, T>,
  deps: Deps<S>,
  deadline: Date,
): Promise<readonly string[]> {
  if (messages.length === 0) return [];
  const ids = messages.map(({ messageId }) => messageId);
  try {
    const { retry } = await handler(messages, deps, { deadline });
    if (retry.every((id) => ids.includes(id))) return retry;
    deps.logger.error('handler named messages that are not in the batch', { retry });
  } catch (error) {
    deps.logger.error('batch failed', { error: describeError(error) });
  }
  return ids;
}

/**
 * SQS always names its records, so one without an id comes from somewhere else. It is worked on like the others;
 * only when it fails, which cannot be reported, the invocation fails as a whole rather than acknowledging it.
 */
function report(failed: ReadonlySet<string>, unnamed: ReadonlySet<string>): SQSBatchResponse {
  if ([...failed].some((id) => unnamed.has(id))) {
    throw new UnreportableFailure('a record without messageId failed');
  }
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

class UnreportableFailure extends TypeError {}

/** Undefined when a record has no id: then the invocation itself must fail. */
function wholeBatch(event: SQSEvent): SQSBatchResponse | undefined {
  const ids = (event.Records ?? []).map(({ messageId }) => messageId);
  return ids.every(Boolean) ? report(new Set(ids), new Set()) : undefined;
}

const describe = ({ batchItemFailures }: SQSBatchResponse): Description => ({
  fields: { failedMessages: batchItemFailures.length },
  measures: batchItemFailures.length > 0 ? [count('failedMessages', batchItemFailures.length)] : [],
});
