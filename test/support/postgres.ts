import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../scripts/local/embedded/postgres.ts';
import { databaseRole } from '../../scripts/local/environment.ts';
import { type Database, database } from '../../shared/adapters/postgres/database.ts';
import { migrate } from '../../shared/adapters/postgres/migrate.ts';
import { endPools, poolFor, postgresConfig } from '../../shared/adapters/postgres/pool.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { dropDatabase } from './drop-database.ts';

export interface TestPostgres {
  /** As the service's own role: bound by row-level security. */
  db: Database;
  connectionString: string;
  /** Runs work as the owner of everything; nothing else may use the database meanwhile. */
  asOwner<T>(work: (db: Database) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/**
 * An empty database with the schema: in this process, or, where `POSTGRES_TEST_URL` names a server, a new one on
 * that. Start it in `beforeAll`, stop it in `afterAll`.
 */
export const startTestPostgres = (): Promise<TestPostgres> => {
  const { POSTGRES_TEST_URL: server } = process.env;
  return server ? onServer(server) : embedded();
};

/** A machine that is busy with tests takes its time to open a connection. */
export const patientConnections = { DATABASE_CONNECT_TIMEOUT_MS: '20000' };

const connect = (connectionString: string, role?: string): Database =>
  database(
    poolFor(
      postgresConfig.parse({
        DATABASE_URL: connectionString,
        ...patientConnections,
        ...(role && { DATABASE_ROLE: role }),
      }),
    ),
  );

async function embedded(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'strata-postgres-'));
  const postgres = await startPostgres({
    dataDirectory: join(directory, 'data'),
    migrate: (connectionString) => migrate({ connectionString }),
    role: databaseRole,
  });
  const { connectionString } = postgres;
  const db = connect(connectionString);
  return {
    db,
    connectionString,
    async asOwner(work) {
      // one session serves every connection, so the role is the session's
      await db.unscoped('set role none');
      try {
        return await work(db);
      } finally {
        await db.unscoped(`set role ${databaseRole}`);
      }
    },
    async stop() {
      await endPools();
      await postgres.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function onServer(server: string): Promise<TestPostgres> {
  const name = `strata_test_${newId().replaceAll('-', '')}`;
  const administer = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    const { rows } = await client.query(statement).finally(() => client.end());
    return rows;
  };
  await administer(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const connectionString = url.href;
  await migrate({ connectionString });
  return {
    db: connect(connectionString, databaseRole),
    connectionString,
    asOwner: (work) => work(connect(connectionString)),
    async stop() {
      await endPools();
      await dropDatabase(administer, name);
    },
  };
}
