import { isAppError } from '../../kernel/app-error.ts';
import type { EraseResult, MemoryStore, MemoryWrite, WriteResult } from '../../memory/ports.ts';
import { postgresAggregation } from './aggregate.ts';
import type { Database } from './database.ts';
import { violatedConstraint } from './errors.ts';
import { accessJoin, type MemoryRow, memoryColumns, memoryFromRow } from './memory-row.ts';
import { limitedPostgresProvider } from './provider.ts';
import { pageOf } from './query-page.ts';
import { type VersionRow, versionFromRow } from './version-row.ts';

/** Six digits: the store keeps halves, which have three, and parsing is most of what a vector costs it. */
const vector = (values: number[] | null | undefined): string | null =>
  values ? `[${values.map((value) => value.toPrecision(6)).join(',')}]` : null;

/** The shape that strata.write_memories reads. */
const writeItem = (write: MemoryWrite) => ({
  state: write.state,
  kind: write.kind,
  reason: write.reason,
  expectedVersion: write.expectedVersion,
  lexicalText: write.lexicalText,
  words: write.words,
  author: write.author,
  contentHash: write.contentHash,
  edgesHash: write.edgesHash,
  space: write.embedding?.space,
  pending: write.embedding?.pending,
  own: vector(write.embedding?.values),
  callerOwn: vector(write.callerEmbedding),
});

/** By a new memory's id nobody can be kept waiting: two writers meet at its external id, or at its version. */
const racedFor = new Set<string | undefined>(['memories_external_id', 'memory_versions_pkey']);

/** The loser was rolled back; it runs again and finds the winner's memory. */
const lostRace = (error: unknown) => isAppError(error) && racedFor.has(violatedConstraint(error));

/** Not of the first version that is kept here: that may be younger, when the archive has those before it. */
const createdAt = `(select m.created_at from strata.memories m where m.tenant_id = v.tenant_id and m.id = v.memory_id)`;

/** A batch can lose for one memory after another. */
const attempts = 5;

/**
 * Memories in Postgres. Writes are one call of one function of the schema, whatever their number.
 * @param quota how many memories a tenant keeps for whom nobody has chosen another number
 */
export function postgresMemoryStore(db: Database, quota?: number): MemoryStore {
  const write: MemoryStore['write'] = async ({ tenantId, actor, idempotency, writes }) => {
    const run = async () => {
      const [row] = await db.unscoped<{ result: WriteResult }>(
        'select strata.write_memories($1, $2, $3, $4, $5, $6) as result',
        [
          tenantId,
          actor,
          idempotency?.key ?? null,
          idempotency?.requestHash ?? null,
          JSON.stringify(writes.map(writeItem)),
          quota ?? null,
        ],
      );
      if (!row) throw new Error('strata.write_memories returned no row');
      return row.result;
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await run();
      } catch (error) {
        if (!lostRace(error) || attempt === attempts) throw error;
      }
    }
  };

  return {
    write,

    get: async (tenantId, ids, options = {}) => {
      if (ids.length === 0) return [];
      const embedding = options.embedding
        ? `, (select e.own::text from strata.memory_embeddings e
             where e.tenant_id = m.tenant_id and e.memory_id = m.id and e.space = 'caller') as embedding`
        : '';
      const counted = `with accessed as (
          insert into strata.memory_access as a (tenant_id, memory_id, access_count, last_accessed_at)
          select m.tenant_id, m.id, 1, now() from strata.memories m
          where m.tenant_id = strata.current_tenant() and m.id = any ($1::uuid[]) and m.deleted_at is null
            and (m.expires_at is null or m.expires_at > now())
          order by m.id
          on conflict (tenant_id, memory_id) do update
            set access_count = a.access_count + 1, last_accessed_at = now()
        )`;
      const rows = await db.query<MemoryRow>(
        tenantId,
        `${options.uncounted ? '' : counted}
         select ${memoryColumns} ${embedding}
         from strata.memories m ${accessJoin}
         where m.tenant_id = strata.current_tenant() and m.id = any ($1::uuid[])
           and (m.expires_at is null or m.expires_at > now())
         order by array_position($1::uuid[], m.id)`,
        [ids],
      );
      return rows.map(memoryFromRow);
    },

    resolve: async (tenantId, references) => {
      const rows = await db.query<{ reference: string; id: string | null }>(
        tenantId,
        `select r.reference, strata.memory_named(strata.current_tenant(), r.reference) as id
         from unnest($1::text[]) r (reference)`,
        [references],
      );
      return new Map(rows.flatMap((row) => (row.id === null ? [] : [[row.reference, row.id]])));
    },

    query: (tenantId, query) => pageOf(db, tenantId, query),

    aggregate: (tenantId, query) => postgresAggregation(db, tenantId, query),

    versions: async (tenantId, id, { limit, before }) => {
      const rows = await db.query<VersionRow>(
        tenantId,
        `select v.version, v.operation, v.changed_at, v.changed_by, v.reason, v.state,
           ${createdAt} as created_at
         from strata.memory_versions v
         where v.tenant_id = strata.current_tenant() and v.memory_id = $1
           and ($2::bigint is null or v.version < $2)
         order by v.version desc
         limit $3`,
        [id, before ?? null, limit],
      );
      return rows.map(versionFromRow);
    },

    atVersion: async (tenantId, id, version) => {
      const rows = await db.query<VersionRow>(
        tenantId,
        `select v.version, v.operation, v.changed_at, v.changed_by, v.reason, v.state,
           ${createdAt} as created_at
         from strata.memory_versions v
         where v.tenant_id = strata.current_tenant() and v.memory_id = $1 and v.version = $2`,
        [id, version],
      );
      return rows[0] && versionFromRow(rows[0]).memory;
    },

    erase: async ({ tenantId, idempotency, items }) => {
      const [row] = await db.unscoped<{ result: EraseResult }>(
        'select strata.erase_memories_and_keys($1, $2, $3, $4) as result',
        [tenantId, idempotency?.key ?? null, idempotency?.requestHash ?? null, JSON.stringify(items)],
      );
      if (!row) throw new Error('strata.erase_memories_and_keys returned no row');
      return row.result;
    },

    unembedded: async (space, limit) => {
      const rows = await db.unscoped<{ tenant_id: string; memory_id: string }>(
        'select * from strata.memories_unembedded($1, $2)',
        [space, limit],
      );
      return rows.map((row) => ({ tenantId: row.tenant_id, id: row.memory_id }));
    },

    fillEmbeddings: async (tenantId, space, items) => {
      const filled = items.map(({ id, version, embedding }) => ({ id, version, own: vector(embedding) }));
      await db.unscoped('select strata.fill_embeddings($1, $2, $3)', [
        tenantId,
        space,
        JSON.stringify(filled),
      ]);
    },
  };
}

export const memoriesProvider = limitedPostgresProvider((db, limits) =>
  postgresMemoryStore(db, limits['memories-kept']),
);
