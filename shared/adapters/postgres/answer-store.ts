import { AppError } from '../../kernel/app-error.ts';
import type { AnswerStore, RecordedAnswer } from '../../memory/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

const keyReused = () =>
  new AppError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another request; use a new key for a new request.',
  );

/** A key is honoured for a day; what is left of an older one `k` counts for nothing. */
const fresh = "(k.created_at >= now() - interval '24 hours')";

/** Answers under idempotency keys, in the rows that the writes claim. */
export const postgresAnswerStore = (db: Database): AnswerStore => ({
  find: async (tenantId, { key, requestHash }) => {
    const [row] = await db.query<{ request_hash: string; answer: RecordedAnswer | null }>(
      tenantId,
      `select k.request_hash, k.answer from strata.idempotency_keys k
       where k.tenant_id = strata.current_tenant() and k.key = $1 and ${fresh}`,
      [key],
    );
    if (row && row.request_hash !== requestHash) throw keyReused();
    return row?.answer ?? undefined;
  },

  record: async (tenantId, { key, requestHash }, answer) => {
    const [row] = await db.query<{ answer: RecordedAnswer | null }>(
      tenantId,
      `insert into strata.idempotency_keys as k (tenant_id, key, request_hash, answer)
       values (strata.current_tenant(), $1, $2, $3)
       on conflict (tenant_id, key) do update set
         answer = case when k.purged and ${fresh} then null when ${fresh} then coalesce(k.answer, excluded.answer)
           else excluded.answer end,
         request_hash = excluded.request_hash,
         outcomes = case when ${fresh} then k.outcomes end,
         purged = k.purged and ${fresh},
         created_at = case when ${fresh} then k.created_at else now() end
       where k.request_hash = excluded.request_hash or not ${fresh}
       returning answer`,
      [key, requestHash, JSON.stringify(answer)],
    );
    if (!row) throw keyReused();
    return row.answer ?? answer;
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
