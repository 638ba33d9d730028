import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import * as z from 'zod';
import type { DatabaseSchema } from '../../deployment/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { fetchSecret } from '../secrets/stored-secret.ts';
import { type Connection, connectionFrom, loginOf } from './connection-secret.ts';
import { translateError } from './errors.ts';
import { migrate, migrationsDirectory, migrationsTable } from './migrate.ts';

/** The role that holds the service's rights; the migrations make it. */
const serviceRole = 'strata_app';

interface Logins {
  /** May create extensions, roles and tables. */
  owner: () => Promise<Connection>;
  service: () => Promise<Connection>;
  directory?: string;
}

/** The schema in Postgres, worked on over a connection of its own that ends with each call. */
export function postgresSchema({
  owner,
  service,
  directory = migrationsDirectory(),
}: Logins): DatabaseSchema {
  async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ ...(await owner()), connectionTimeoutMillis: 30_000 });
    try {
      await client.connect();
      return await work(client);
    } catch (error) {
      throw translateError(error);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    async pending() {
      const ran = await asOwner(namesThatRan);
      const names = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort();
      const pending = names.map((file) => file.replace(/\.sql$/, '')).filter((name) => !ran?.has(name));
      return {
        fresh: ran === undefined,
        migrations: await Promise.all(
          pending.map(async (name) => ({
            name,
            sql: await readFile(join(directory, `${name}.sql`), 'utf8'),
          })),
        ),
      };
    },

    migrate: async () => migrate({ connectionString: await owner(), directory }),

    async ensureLogin() {
      const [{ user }, wanted] = [loginOf(await owner()), loginOf(await service())];
      if (wanted.user === undefined || wanted.user === user) return;
      await asOwner((client) => ensureRole(client, wanted.user as string, wanted.password));
    },
  };
}

/** Undefined where no migration ever ran. */
async function namesThatRan(client: pg.Client): Promise<Set<string> | undefined> {
  const table = `${migrationsTable.schema}.${migrationsTable.name}`;
  const { rows: found } = await client.query('select to_regclass($1) is not null as there', [table]);
  if (!found[0]?.there) return undefined;
  const { rows } = await client.query<{ name: string }>(`select name from ${table}`);
  return new Set(rows.map(({ name }) => name));
}

/** Statements that make roles take no parameters, so the server itself quotes what goes into them. */
async function ensureRole(client: pg.Client, user: string, password: string | undefined): Promise<void> {
  const { rows: found } = await client.query('select from pg_roles where rolname = $1', [user]);
  const { rows } = await client.query<{ statement: string }>(
    found.length > 0
      ? `select format('grant ${serviceRole} to %I', $1::text) as statement, $2::text`
      : `select format('create role %I login password %L in role ${serviceRole}', $1::text, $2::text) as statement`,
    [user, password],
  );
  await client.query(rows[0]?.statement ?? '');
}

const config = z.object({
  /** ARN or name of the secret of the schema's owner. */
  DATABASE_OWNER_SECRET_ARN: z.string().min(1),
  /** ARN or name of the secret that the service itself uses. */
  DATABASE_SECRET_ARN: z.string().min(1),
});

export const databaseSchemaProvider: Provider<DatabaseSchema, typeof config> = {
  config,
  build: ({ DATABASE_OWNER_SECRET_ARN: owner, DATABASE_SECRET_ARN: service }) =>
    postgresSchema({
      owner: async () => connectionFrom(await fetchSecret(owner)),
      service: async () => connectionFrom(await fetchSecret(service)),
    }),
};
