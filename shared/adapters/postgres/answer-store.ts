import { AppError } from '../../kernel/app-error.ts';
import type { AnswerStore, RecordedAnswer } from '../../memory/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

/** Answers under idempotency keys, in the rows that the writes claim. */
export const postgresAnswerStore = (db: Database): AnswerStore => ({
  find: async (tenantId, { key, requestHash }) => {
    const [row] = await db.query<{ request_hash: string; answer: RecordedAnswer | null }>(
      tenantId,
      `select request_hash, answer from strata.idempotency_keys
       where tenant_id = strata.current_tenant() and key = $1 and created_at >= now() - interval '24 hours'`,
      [key],
    );
    if (row && row.request_hash !== requestHash) {
      throw new AppError(
        'idempotency_key_reused',
        'This Idempotency-Key was used with another request; use a new key for a new request.',
      );
    }
    return row?.answer ?? undefined;
  },

  record: async (tenantId, { key, requestHash }, answer) => {
    const [row] = await db.query<{ answer: RecordedAnswer }>(
      tenantId,
      `insert into strata.idempotency_keys as k (tenant_id, key, request_hash, answer)
       values (strata.current_tenant(), $1, $2, $3)
       on conflict (tenant_id, key) do update set answer = coalesce(k.answer, excluded.answer)
       returning answer`,
      [key, requestHash, JSON.stringify(answer)],
    );
    return row?.answer ?? answer;
  },

  release: async (tenantId, { key }) => {
    await db.query(
      tenantId,
      'delete from strata.idempotency_keys where tenant_id = strata.current_tenant() and key = $1',
      [key],
    );
  },
});

export const answersProvider = postgresProvider(postgresAnswerStore);
