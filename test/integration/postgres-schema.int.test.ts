import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startPostgres } from '../../scripts/local/embedded/postgres.ts';
import { postgresSchema } from '../../shared/adapters/postgres/database-schema.ts';

const service = { user: 'strata_service', password: "it's $$ a %L secret" };
let directory: string;
let postgres: EmbeddedPostgres;

const schema = () => {
  const owner = async () => ({ connectionString: postgres.connectionString });
  return postgresSchema({ owner, service: async () => service });
};
async function ask<T>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: postgres.connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-schema-'));
  postgres = await startPostgres({
    dataDirectory: join(directory, 'postgres'),
    migrate: async () => undefined,
    role: 'postgres',
  });
});
afterAll(async () => {
  await postgres.close();
  await rm(directory, { recursive: true });
});

describe('the schema in Postgres', () => {
  it('is fresh before the first migration, then has nothing pending', async () => {
    const before = await schema().pending();
    expect(before.fresh).toBe(true);
    expect(before.migrations[0]).toMatchObject({
      name: '0001_schema',
      sql: expect.stringContaining('Up Migration'),
    });
    expect(await schema().migrate()).toEqual(before.migrations.map(({ name }) => name));
    expect(await schema().pending()).toEqual({ fresh: false, migrations: [] });
    expect(await schema().migrate()).toEqual([]);
  });

  it('knows what a new version brings', async () => {
    const owner = async () => ({ connectionString: postgres.connectionString });
    await writeFile(join(directory, '9000_more.sql'), '-- Up Migration\nselect 1;');
    const next = postgresSchema({ owner, service: owner, directory });
    expect(await next.pending()).toEqual({
      fresh: false,
      migrations: [{ name: '9000_more', sql: '-- Up Migration\nselect 1;' }],
    });
  });

  it('gets the login of the service: it may what its role may, and owns nothing', async () => {
    await schema().ensureLogin();
    const [login] = await ask(`
      select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, pg_has_role(oid, 'strata_app', 'usage') as member,
        (select count(*)::int from pg_class where relowner = r.oid) as owned
      from pg_roles r where rolname = 'strata_service'`);
    expect(login).toEqual({
      rolcanlogin: true,
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      member: true,
      owned: 0,
    });
  });

  it('leaves the password of a login that is there to who rotates it', async () => {
    const stored = () => ask(`select rolpassword from pg_authid where rolname = 'strata_service'`);
    const before = await stored();
    await ask('revoke strata_app from strata_service');
    await schema().ensureLogin();
    expect(await stored()).toEqual(before);
    expect(await ask(`select pg_has_role('strata_service', 'strata_app', 'usage') as member`)).toEqual([
      { member: true },
    ]);
  });

  it('makes no login where the service signs in as the owner', async () => {
    const owner = async () => ({ connectionString: postgres.connectionString });
    await postgresSchema({ owner, service: owner }).ensureLogin();
    expect(await ask(`select rolname from pg_roles where rolcanlogin order by 1`)).toEqual([
      { rolname: 'postgres' },
      { rolname: 'strata_service' },
    ]);
  });
});
