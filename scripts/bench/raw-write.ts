import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { MemoryWrite } from '../../shared/memory/ports.ts';

/** One integer of a digest, as a writer of its own would compute it. */
const digestHalf = (hash: string, half: number) => Number.parseInt(hash.slice(8 * half, 8 * half + 8), 16);

/** The values of a memory's rows, each beside the type of its column; names are those of the statement below. */
const values = (write: MemoryWrite) =>
  [
    ['id', 'uuid', write.state.id],
    ['type', 'text', write.state.type],
    ['agent', 'text', write.state.agentId ?? null],
    ['author', 'text', write.author ?? null],
    ['content', 'jsonb', JSON.stringify(write.state.content)],
    ['importance', 'real', write.state.importance],
    ['metadata', 'jsonb', JSON.stringify(write.state.metadata)],
    ['entities', 'jsonb', JSON.stringify(write.state.entities)],
    ['occurred', 'timestamptz', write.state.occurredAt],
    ['lexical', 'text', write.lexicalText],
    ['words', 'int', write.words],
    ['state', 'jsonb', JSON.stringify(write.state)],
    ['high', 'bigint', digestHalf(write.contentHash, 0)],
    ['low', 'bigint', digestHalf(write.contentHash, 1)],
    ['space', 'text', write.embedding?.space ?? null],
    ['vector', 'text', write.embedding?.values ? JSON.stringify(write.embedding.values) : null],
    ['event', 'uuid', randomUUID()],
  ] as const;

const columns = values({ state: {}, contentHash: '' } as unknown as MemoryWrite).map(([name, type]) => ({
  name,
  type,
}));
const names = columns.map(({ name }) => name).join(', ');
/** $1 tenant, $2 key, $3 hash of the request; one more for each column. */
const firstColumn = 4;

/**
 * The rows of memories as one statement: memory, version, ledger, vector, event and idempotency key, under
 * row-level security. The tenant is set by the rows' own source, so that it is set before they are checked.
 */
const insertAll = (given: string) => `
with tenant as materialized (select set_config('app.tenant', $1, true) as id),
given as materialized (
  select t.id as tenant, g.*, to_tsvector('english', g.lexical) as lexemes, g.vector::halfvec as embedding
  from tenant t cross join ${given}
),
memory as (
  insert into strata.memories (tenant_id, id, version, type, agent_id, author, content, importance, metadata,
    entities, occurred_at, lexemes, lexeme_count, words)
  select tenant, id, 1, type, agent, author, content, importance, metadata, entities, occurred, lexemes,
    (select coalesce(sum(cardinality(l.positions)), 0) from unnest(lexemes) l), words
  from given
),
history as (
  insert into strata.memory_versions (tenant_id, memory_id, version, operation, changed_by, state)
  select tenant, id, 1, 'created', 'bench', state from given
),
ledger as (
  insert into strata.memory_sync (tenant_id, memory_id, version, digest_high, digest_low)
  select tenant, id, 1, high, low from given
),
vectors as (
  insert into strata.memory_embeddings (tenant_id, memory_id, space, own, embedding)
  select tenant, id, space, embedding, embedding from given
),
events as (
  insert into strata.outbox (tenant_id, id, type, data)
  select tenant, event, 'memory.stored',
    jsonb_build_object('memoryId', id, 'version', 1, 'memoryType', type, 'agentId', agent)
  from given
)
insert into strata.idempotency_keys (tenant_id, key, request_hash, outcomes)
select tenant, $2, $3, jsonb_agg(jsonb_build_object('ok', true, 'id', id, 'version', 1)) from given group by tenant`;

const single = insertAll(
  `(select ${columns.map(({ name, type }, n) => `$${firstColumn + n}::${type} as ${name}`).join(', ')}) g`,
);
const bulk = insertAll(
  `unnest(${columns.map(({ type }, n) => `$${firstColumn + n}::${type}[]`).join(', ')}) g (${names})`,
);

/** The rows of one memory by hand. @param prepared the server keeps the plan, as it does inside functions */
export function rawWrite(
  pool: pg.Pool,
  tenantId: string,
  write: MemoryWrite,
  prepared: boolean,
): Promise<unknown> {
  const params = [tenantId, randomUUID(), write.contentHash, ...values(write).map(([, , value]) => value)];
  return pool.query({ text: single, values: params, ...(prepared && { name: 'raw-write' }) });
}

/** The rows of many memories by hand, as arrays. */
export function rawBulkWrite(pool: pg.Pool, tenantId: string, writes: MemoryWrite[]): Promise<unknown> {
  const rows = writes.map((write) => values(write).map(([, , value]) => value));
  const arrays = columns.map((_, column) => rows.map((row) => row[column]));
  return pool.query({ text: bulk, values: [tenantId, randomUUID(), writes[0]?.contentHash, ...arrays] });
}
