import pg from 'pg';
import { databaseRole } from '../../../scripts/local/environment.ts';
import { type Database, database } from '../../../shared/adapters/postgres/database.ts';
import { migrate } from '../../../shared/adapters/postgres/migrate.ts';
import { endPools, poolFor, postgresConfig } from '../../../shared/adapters/postgres/pool.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { dropDatabase } from '../../support/drop-database.ts';
import { patientConnections } from '../../support/postgres.ts';
import { postgresUrl } from './servers.ts';

export interface ServiceDatabase {
  /** For whoever may do everything. */
  readonly ownerUrl: string;
  /** As the service has it: a login of its own that is a member of `strata_app` and of nothing else. */
  readonly serviceUrl: string;
  readonly login: string;
  /** Connects as the service; the same settings share a pool. */
  connect(settings?: Readonly<Record<string, string>>): Database;
  /** One statement as the owner of everything. */
  owner<R extends pg.QueryResultRow>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  remove(): Promise<void>;
}

/** A database of this file alone on the server, brought up to date as its owner. */
export async function serviceDatabase(): Promise<ServiceDatabase> {
  const name = `strata_test_${newId().replaceAll('-', '')}`;
  const login = `${name}_login`;
  const server = quietPool(postgresUrl(), 1);
  await server.query(`create database ${name}`);
  const ownerUrl = urlOf({ database: name });
  await migrate({ connectionString: ownerUrl });
  const owner = quietPool(ownerUrl, 5);
  // as in the migrations' own words: it may become the role, and has none of its rights before
  await owner.query(`create role ${login} login password 'service' noinherit in role ${databaseRole}`);
  const serviceUrl = urlOf({ database: name, username: login, password: 'service' });

  return {
    ownerUrl,
    serviceUrl,
    login,
    connect: (settings = {}) =>
      database(
        poolFor(
          postgresConfig.parse({
            DATABASE_URL: serviceUrl,
            DATABASE_ROLE: databaseRole,
            ...patientConnections,
            ...settings,
          }),
        ),
      ),
    owner: async <R extends pg.QueryResultRow>(sql: string, params: readonly unknown[] = []) =>
      (await owner.query<R>(sql, [...params])).rows,
    async remove() {
      await endPools();
      await owner.end();
      await dropDatabase(async (sql) => (await server.query(sql)).rows, name);
      await server.query(`drop role ${login}`);
      await server.end();
    },
  };
}

/** The last of its connections may still be closing when the database is dropped under them. */
function quietPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function urlOf(parts: { database: string; username?: string; password?: string }): string {
  const url = new URL(postgresUrl());
  url.pathname = `/${parts.database}`;
  if (parts.username) url.username = parts.username;
  if (parts.password) url.password = parts.password;
  return url.href;
}
