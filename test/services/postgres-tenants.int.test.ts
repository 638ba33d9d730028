import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../shared/adapters/postgres/database.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { newTenant, stored } from '../support/store-writes.ts';
import { type ServiceDatabase, serviceDatabase } from './support/service-database.ts';

const acme = newTenant();
const globex = newTenant();
let base: ServiceDatabase;
let db: Database;
beforeAll(async () => {
  base = await serviceDatabase();
  db = base.connect();
  const memories = postgresMemoryStore(db);
  for (const tenant of [acme, globex]) await stored(memories, tenant, { content: `canary of ${tenant}` });
});
afterAll(() => base.remove());

/** A session of the login itself, as somebody has it who got hold of its password. */
async function asLogin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: base.serviceUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('the login of the service', () => {
  it('is no superuser, passes no policy and owns nothing', async () => {
    const roles = await base.owner(
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles
       where rolname in ('strata_app', 'strata_worker', $1) and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)`,
      [base.login],
    );
    expect(roles).toEqual([]);
    const owned = await base.owner(
      `select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in ('strata_app', $1)`,
      [base.login],
    );
    expect(owned).toEqual([]);
  });

  it('sees nothing before it becomes the role', async () => {
    await asLogin(async (client) => {
      await expect(client.query('select * from strata.memories')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('set role strata_worker')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('set role postgres')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('set session authorization postgres')).rejects.toMatchObject({
        code: '42501',
      });
    });
  });

  it('finds no row of any table without a tenant, and only its own with one', async () => {
    const tables = await base.owner<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = 'strata'::regnamespace and c.relkind in ('r', 'p')
         and has_table_privilege('strata_app', c.oid, 'select')`,
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      const sql = `select distinct tenant_id from strata.${name}`;
      expect(await db.unscoped(sql), name).toEqual([]);
      const seen = await db.query<{ tenant_id: string }>(acme, sql);
      expect(
        seen.filter(({ tenant_id }) => tenant_id !== acme),
        name,
      ).toEqual([]);
    }
    expect(await db.query(acme, 'select tenant_id from strata.memories')).toEqual([{ tenant_id: acme }]);
  });

  it('has policies that bind the owner too on every table that knows tenants', async () => {
    const open = await base.owner(
      `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relnamespace = 'strata'::regnamespace and c.relkind in ('r', 'p')
         and not (c.relrowsecurity and c.relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
  });

  it('writes no row for another tenant, nor moves one there', async () => {
    const moved = `update strata.memories set tenant_id = '${globex}'`;
    await expect(db.query(acme, moved)).rejects.toMatchObject({ code: 'internal' });
    const placed = `insert into strata.outbox (tenant_id, type, data) values ('${globex}', 'memory.stored', '{}')`;
    await expect(db.query(acme, placed)).rejects.toMatchObject({ code: 'internal' });
    expect(
      await db.query(acme, `delete from strata.memories where tenant_id = '${globex}' returning 1`),
    ).toEqual([]);
  });

  it('keeps each of many tenants to itself while connections change hands', async () => {
    const few = base.connect({ DATABASE_POOL_MAX: '3' });
    const tenants = Array.from({ length: 60 }, (_, index) => (index % 2 ? acme : globex));
    const seen = await Promise.all(
      tenants.map((tenant) =>
        few.query<{ tenant_id: string }>(tenant, 'select tenant_id from strata.memories'),
      ),
    );
    expect(seen).toEqual(tenants.map((tenant_id) => [{ tenant_id }]));
    expect(await few.unscoped('select tenant_id from strata.memories')).toEqual([]);
  });

  it('changes neither the schema nor what the migrations left', async () => {
    for (const sql of [
      'alter table strata.memories disable row level security',
      'drop policy tenant on strata.memories',
      'create table strata.mine (id int)',
      'create function strata.mine() returns int language sql as $$ select 1 $$',
      'truncate strata.memories',
      'select * from strata_meta.schema_migrations',
    ]) {
      await expect(db.unscoped(sql), sql).rejects.toMatchObject({ code: 'internal' });
    }
  });
});
