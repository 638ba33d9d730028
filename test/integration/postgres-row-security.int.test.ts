import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseRole } from '../../scripts/local/environment.ts';
import type { AppError } from '../../shared/kernel/app-error.ts';
import { fillEveryTable } from '../support/every-table.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

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
  for (const tenant of [mine, theirs]) await fillEveryTable(postgres, tenant, canary);
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
