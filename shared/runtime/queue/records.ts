import type { SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { QueueMessage } from '../handlers.ts';
import { parseJson } from '../json-guard.ts';

/** Our messages name what changed and carry nothing, so this is far above any of them. */
const maximumBodyBytes = 262_144;

export interface ParsedBatch<T> {
  readonly messages: readonly QueueMessage<T>[];
  /** Records that can never succeed; they go to the dead-letter queue by themselves. */
  readonly poison: readonly { readonly messageId: string; readonly reason: string }[];
  /** Ids that were made up here, because the record had none: SQS cannot be told about them. */
  readonly unnamed: ReadonlySet<string>;
}

/** Parses each record by itself, so that a bad one costs the others nothing. */
export function parseRecords<T>(
  records: readonly Partial<SQSRecord>[],
  schema: z.ZodType<T>,
): ParsedBatch<T> {
  const messages: QueueMessage<T>[] = [];
  const poison: { messageId: string; reason: string }[] = [];
  const unnamed = new Set<string>();
  for (const [index, record] of records.entries()) {
    const messageId = record.messageId || `unnamed-${index}`;
    if (!record.messageId) unnamed.add(messageId);
    const parsed = parseBody(record.body, schema);
    if ('reason' in parsed) poison.push({ messageId, reason: parsed.reason });
    else messages.push({ messageId, body: parsed.body });
  }
  return { messages, poison, unnamed };
}

function parseBody<T>(text: string | undefined, schema: z.ZodType<T>): { body: T } | { reason: string } {
  if (typeof text !== 'string') return { reason: 'no body' };
  if (Buffer.byteLength(text) > maximumBodyBytes) return { reason: 'body too large' };
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return { reason: 'not JSON that is accepted' };
  }
  const result = schema.safeParse(value);
  if (result.success) return { body: result.data };
  return { reason: `schema: ${result.error.issues.map((issue) => issue.path.join('.')).join(', ')}` };
}
