import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseRole } from '../../scripts/local/environment.ts';
import { postgresApiKeyStore } from '../../shared/adapters/postgres/api-key-store.ts';
import type { AppError } from '../../shared/kernel/app-error.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { postgresRealtimeStores, seedRealtime } from '../support/realtime-stores.ts';
import { keyOf, stored, testSpace, writeOf } from '../support/store-writes.ts';
import { postgresStores } from '../support/stores.ts';

const canary = 'canary-7f3a';
const [mine, theirs] = ['tenant-a', 'tenant-b'];
const denied = '42501';

let postgres: TestPostgres;
/** Every table that has a tenant, from the catalogue: a new one is tested without being named here. */
let tables: string[];
/** Columns that may be inserted, by table. */
let columns: Map<string, string[]>;

const owner = <R>(sql: string, params: unknown[] = []) =>
  postgres.asOwner((db) => db.unscoped<R>(sql, params));
const sqlState = (error: unknown) => ((error as AppError).cause as { code?: string } | undefined)?.code;

/** Rows that a statement answered or changed; a refusal of the database is none. */
async function reach(tenant: string, sql: string, params: unknown[] = []): Promise<number> {
  try {
    return (await postgres.db.query(tenant, sql, params)).length;
  } catch (error) {
    expect(sqlState(error)).toBe(denied);
    return 0;
  }
}

/** A memory in the archive, and an operation that brings it back. */
async function archive(tenant: string) {
  const { memories, archiveCatalogue, operations } = postgresStores(postgres);
  const { id: memoryId } = await stored(memories, tenant, { content: canary });
  const packId = newId();
  await archiveCatalogue.begin(tenant, packId, [memoryId], 1_000_000);
  const entry = { memoryId, version: 1, offset: 0, length: 1, dataKey: Buffer.alloc(32, canary) };
  await archiveCatalogue.complete(tenant, packId, [
    { ...entry, excerpt: { content: canary, partial: true } },
  ]);
  await operations.begin(tenant, { kind: 'read', memoryId });
}

async function seed(tenant: string) {
  const { memories } = postgresStores(postgres);
  const write = writeOf(
    {
      externalId: `${canary} ${tenant}`,
      content: canary,
      summary: canary,
      tags: [canary],
      metadata: { canary },
      relationships: [{ target: 'later', type: 'SUPPORTS', weight: 1 }],
    },
    { callerEmbedding: [1, 0], embedding: { space: testSpace, values: null, pending: true } },
  );
  const request = { tenantId: tenant, actor: 'tester', writes: [write], idempotency: keyOf(canary) };
  const { outcomes } = await memories.write(request);
  await stored(memories, tenant, { content: canary });
  await archive(tenant);
  await memories.get(
    tenant,
    outcomes.flatMap((outcome) => (outcome.ok ? [outcome.id] : [])),
  );
  await postgres.db.query(tenant, 'select strata.refresh_statistics()');
  await postgresApiKeyStore(postgres.db).insert(
    {
      id: `sk_${tenant}`,
      tenantId: tenant,
      name: 'ci',
      scopes: ['*'],
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: 'tester',
    },
    'a'.repeat(64),
  );
  await seedRealtime(postgresRealtimeStores(postgres), tenant);
  await owner('insert into strata.tenant_limits (tenant_id, memories_kept) values ($1, 5)', [tenant]);
  await owner("insert into strata.principals values ($1, $2, '{*}')", [`arn:${tenant}`, tenant]);
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  const rows = await owner<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text) filter (where a.attgenerated = '') as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'strata'::regnamespace and c.relkind in ('r', 'p')
     group by c.relname having bool_or(a.attname = 'tenant_id')
     order by c.relname`,
  );
  tables = rows.map(({ name }) => name);
  columns = new Map(rows.map((row) => [row.name, row.columns]));
  for (const tenant of [mine, theirs]) await seed(tenant);
});
afterAll(() => postgres.stop());

describe('row-level security', () => {
  it('is enabled and forced on every table of the schema', async () => {
    const open = await owner(
      `select relname from pg_class
       where relnamespace = 'strata'::regnamespace and relkind in ('r', 'p', 'm', 'f')
         and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
    expect(tables).toEqual(
      expect.arrayContaining(['memories', 'memory_versions', 'outbox', 'idempotency_keys', 'api_keys']),
    );
  });

  it('is proved below with rows of both tenants in each table', async () => {
    for (const table of tables) {
      const [counted] = await owner<{ tenants: number }>(
        `select count(distinct tenant_id)::int as tenants from strata.${table} where tenant_id = any ($1)`,
        [[mine, theirs]],
      );
      expect([table, counted!.tenants]).toEqual([table, 2]);
    }
  });

  it('shows and changes nothing without a tenant', async () => {
    for (const table of tables) {
      for (const tenant of ['', 'nobody']) {
        expect([table, await reach(tenant, `select 1 from strata.${table}`)]).toEqual([table, 0]);
        expect(await reach(tenant, `update strata.${table} set tenant_id = tenant_id returning 1`)).toBe(0);
        expect(await reach(tenant, `delete from strata.${table} returning 1`)).toBe(0);
      }
      const unscoped = await postgres.db.unscoped(`select 1 from strata.${table}`).catch((error) => {
        expect(sqlState(error)).toBe(denied);
        return [];
      });
      expect([table, unscoped]).toEqual([table, []]);
    }
  });

  it("lets a tenant neither read nor change another's rows", async () => {
    for (const table of tables) {
      const foreign = [theirs];
      expect([
        table,
        await reach(mine, `select 1 from strata.${table} where tenant_id = $1`, foreign),
      ]).toEqual([table, 0]);
      expect(await reach(mine, `select 1 from strata.${table} where tenant_id <> $1`, [mine])).toBe(0);
      expect(
        await reach(mine, `update strata.${table} set tenant_id = $2 where tenant_id = $1 returning 1`, [
          theirs,
          mine,
        ]),
      ).toBe(0);
      expect(await reach(mine, `delete from strata.${table} where tenant_id = $1 returning 1`, foreign)).toBe(
        0,
      );
    }
  });

  it("refuses to insert a row for another tenant, and to hand one's own over", async () => {
    for (const table of tables) {
      const [row] = await owner<{ row: unknown }>(
        `select to_jsonb(t) as row from strata.${table} t where tenant_id = $1 limit 1`,
        [theirs],
      );
      const list = columns.get(table)!.join(', ');
      const insert = `insert into strata.${table} (${list})
        select ${list} from jsonb_populate_record(null::strata.${table}, $1) returning 1`;
      const handOver = `update strata.${table} set tenant_id = $1 where tenant_id = $2 returning 1`;
      for (const tenant of [mine, '']) {
        await expect(postgres.db.query(tenant, insert, [JSON.stringify(row!.row)])).rejects.toSatisfy(
          (error) => sqlState(error) === denied,
        );
      }
      await expect(postgres.db.query(mine, handOver, [theirs, mine])).rejects.toSatisfy(
        (error) => sqlState(error) === denied,
      );
    }
  });

  it('left every row where it was', async () => {
    for (const table of tables) {
      const [counted] = await owner<{ tenants: number }>(
        `select count(distinct tenant_id)::int as tenants from strata.${table} where tenant_id = any ($1)`,
        [[mine, theirs]],
      );
      expect([table, counted!.tenants]).toEqual([table, 2]);
    }
  });

  it('does not outlive the transaction: the next statement on the connection has no tenant', async () => {
    expect((await postgres.db.query(mine, 'select 1 from strata.memories')).length).toBeGreaterThan(0);
    expect(await postgres.db.unscoped('select 1 from strata.memories')).toEqual([]);
    expect(await postgres.db.unscoped('select strata.current_tenant() as tenant')).toEqual([
      { tenant: null },
    ]);
  });
});

describe('roles', () => {
  it('binds the service: it owns nothing, passes nothing by and is nobody else', async () => {
    const [role] = await owner(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname = $1`,
      [databaseRole],
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: false,
    });
    const owned = await owner(
      `select relname as name from pg_class where relowner = $1::regrole
       union all select proname from pg_proc where proowner = $1::regrole
       union all select nspname from pg_namespace where nspowner = $1::regrole`,
      [databaseRole],
    );
    expect(owned).toEqual([]);
    expect(
      await owner('select roleid from pg_auth_members where member = $1::regrole', [databaseRole]),
    ).toEqual([]);
    expect(await owner(`select has_schema_privilege($1, 'strata', 'create') as may`, [databaseRole])).toEqual(
      [{ may: false }],
    );
  });

  it('keeps the worker from logging in, from passing by and from making objects', async () => {
    expect(
      await owner("select rolcanlogin, rolbypassrls, rolsuper from pg_roles where rolname = 'strata_worker'"),
    ).toEqual([{ rolcanlogin: false, rolbypassrls: false, rolsuper: false }]);
    expect(await owner("select relname from pg_class where relowner = 'strata_worker'::regrole")).toEqual([]);
  });

  it('lets the worker read no column in which the content of a memory is', async () => {
    const readable = await owner<{ name: string }>(
      `select c.relname || '.' || a.attname as name
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'strata'::regnamespace and c.relkind = 'r'
         and has_column_privilege('strata_worker', c.oid, a.attnum, 'select')`,
    );
    const telling =
      /^(memories\.(?!(tenant_id|id|created_at|deleted_at|lexemes|tier|type|importance|expires_at|updated_at)$)|memory_(versions|relationships)\.|archived_memories\.data_key|operations\.error|memory_embeddings\.(own|embedding)|idempotency_keys\.(?!created_at$))/;
    expect(readable.map(({ name }) => name).filter((name) => telling.test(name))).toEqual([]);
  });
});

describe('doors through row-level security', () => {
  /** Each of them on purpose: what runs as another role than its caller, and what it answers. */
  const doors: Record<string, string> = {
    api_key_for_login: 'SETOF strata.api_keys',
    archive_overview: 'TABLE(memories bigint, cold bigint, packs bigint, damaged bigint)',
    claim_outbox:
      'TABLE(tenant_id text, id uuid, type text, data jsonb, created_at timestamp with time zone)',
    delete_published: 'void',
    expire_idempotency_keys: 'bigint',
    expire_operations: 'bigint',
    memories_behind: 'TABLE(tenant_id text, memory_id uuid, version bigint)',
    memories_to_archive: 'TABLE(tenant_id text, memory_id uuid)',
    memories_unembedded: 'TABLE(tenant_id text, memory_id uuid)',
    memories_with_any: 'SETOF uuid',
    overdue_sockets: 'TABLE(tenant_id text, connection_id text, reason text)',
    operations_running: 'TABLE(tenant_id text, operation_id uuid)',
    packs_unused: 'TABLE(tenant_id text, pack_id uuid)',
    principal_for: 'TABLE(tenant_id text, scopes text[])',
    socket_connection:
      'TABLE(tenant_id text, subject text, scopes text[], service_id text, expires_at timestamp with time zone)',
    sync_overview: 'TABLE(memories bigint, behind bigint, lag_seconds double precision)',
    tenants_to_count: 'SETOF text',
    trim_streams: 'bigint',
  };

  it('are these and no others, each with a search path of its own and closed to the public', async () => {
    const found = await owner<{
      name: string;
      result: string;
      owner: string;
      config: string[] | null;
      open: boolean;
    }>(
      `select p.proname as name, pg_get_function_result(p.oid) as result, p.proowner::regrole::text as owner,
         p.proconfig as config, exists (select from aclexplode(p.proacl) g where g.grantee = 0) or p.proacl is null as open
       from pg_proc p
       where p.pronamespace = 'strata'::regnamespace and (p.prosecdef or p.proowner = 'strata_worker'::regrole)`,
    );
    expect(Object.fromEntries(found.map(({ name, result }) => [name, result]))).toEqual(doors);
    for (const door of found) {
      expect(door).toMatchObject({
        owner: 'strata_worker',
        config: ['search_path=strata, pg_temp'],
        open: false,
      });
    }
  });

  it('hand out no content', async () => {
    const calls: Record<string, string> = {
      api_key_for_login: `select id, tenant_id from strata.api_key_for_login('sk_${theirs}')`,
      archive_overview: 'select * from strata.archive_overview()',
      claim_outbox: 'select * from strata.claim_outbox(1000)',
      expire_operations: "select strata.expire_operations('1 year')",
      memories_behind: "select * from strata.memories_behind('-1 hour', 1000)",
      memories_to_archive: "select * from strata.memories_to_archive('-1 hour', 1, 1000)",
      memories_unembedded: `select * from strata.memories_unembedded('${testSpace}', 1000)`,
      memories_with_any: "select * from strata.memories_with_any(array['canary-7f3a', 'canari'], 1000)",
      overdue_sockets: 'select * from strata.overdue_sockets(1000)',
      operations_running: 'select * from strata.operations_running(1000)',
      packs_unused: 'select * from strata.packs_unused(1000)',
      principal_for: `select * from strata.principal_for('arn:${theirs}')`,
      socket_connection: `select * from strata.socket_connection('connection of ${theirs}')`,
      sync_overview: 'select * from strata.sync_overview()',
      tenants_to_count: 'select * from strata.tenants_to_count(0, 1000)',
    };
    for (const [door, sql] of Object.entries(calls)) {
      const answered = JSON.stringify(await postgres.db.unscoped(sql));
      expect([door, answered.includes(canary)]).toEqual([door, false]);
    }
    expect(await postgres.db.unscoped(calls.claim_outbox!)).not.toEqual([]);
  });

  it('find by terms in the tenant of the transaction alone', async () => {
    const found = (tenant: string) =>
      postgres.db.query(
        tenant,
        "select * from strata.memories_with_any(array['canary-7f3a', 'canari'], 1000)",
      );
    expect(await found('nobody')).toEqual([]);
    expect(
      await postgres.db.unscoped("select * from strata.memories_with_any(array['canari'], 1000)"),
    ).toEqual([]);
  });
});
