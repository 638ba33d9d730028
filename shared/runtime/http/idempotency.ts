import type { Caller } from '../../contracts/caller.ts';
import { contentHash } from '../../kernel/hash.ts';
import type { JsonValue } from '../../kernel/json.ts';
import type { AnswerStore, IdempotencyKey } from '../../memory/ports.ts';
import type { RawInput } from './validate.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Names the request by what the client sent, before defaults were filled in: they may change between releases. */
export const idempotencyKey = (key: string, operationId: string, raw: RawInput): IdempotencyKey => ({
  key,
  requestHash: contentHash({
    operation: operationId,
    params: raw.params,
    query: raw.query,
    body: (raw.body ?? null) as JsonValue,
  }),
});

/**
 * Answers a request under its key: an answer given before is given again, and of two at once the first recorded
 * one stands. The handler claims the key inside its own transaction, so a crash between the write and the record
 * leaves the claim, and the retry finds it there. A failure is not recorded: the client may try again.
 * @throws AppError `idempotency_key_reused`
 */
export async function answerOnce(
  answers: AnswerStore,
  caller: Caller,
  key: IdempotencyKey,
  handle: () => Promise<Answer>,
): Promise<Answer> {
  const earlier = await answers.find(caller.tenantId, key);
  if (earlier) return { ...earlier, headers: { ...earlier.headers, ...replayed } };
  const answer = await handle();
  if (answer.status >= 400) return answer;
  const { status, body, headers } = answer;
  return answers.record(caller.tenantId, key, {
    status,
    body: body as JsonValue,
    ...(headers && { headers }),
  });
}

const replayed = { 'idempotency-replayed': 'true' };
