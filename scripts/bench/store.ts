import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { type Database, database } from '../../shared/adapters/postgres/database.ts';
import { migrate } from '../../shared/adapters/postgres/migrate.ts';
import { endPools, poolFor, postgresConfig } from '../../shared/adapters/postgres/pool.ts';
import { startPostgres } from '../local/embedded/postgres.ts';
import { databaseRole } from '../local/environment.ts';

export interface BenchStore {
  /** What is measured, in words. */
  description: string;
  /** The adapters' pool with a single connection: the raw statements and the product share it. */
  pool: pg.Pool;
  db: Database;
  /** A tenant that no other run has. */
  tenantId: string;
  close(): Promise<void>;
}

const bringUpToDate = (connectionString: string) => migrate({ connectionString });

/** The database of `DATABASE_URL`, brought up to date, or an embedded one that is gone afterwards. */
export async function openStore(url: string | undefined): Promise<BenchStore> {
  const opened = url === undefined ? await openEmbedded() : await openOwn(url);
  const pool = poolFor(
    postgresConfig.parse({
      DATABASE_URL: opened.url,
      DATABASE_ROLE: databaseRole,
      DATABASE_POOL_MAX: '1',
      DATABASE_STATEMENT_TIMEOUT_MS: '60000',
    }),
  );
  const { rows } = await pool.query<{ server_version: string }>('show server_version');
  return {
    description: `${opened.kind}, PostgreSQL ${rows[0]?.server_version}`,
    pool,
    db: database(pool),
    tenantId: `bench-${randomUUID()}`,
    close: async () => {
      await endPools();
      await opened.close();
    },
  };
}

async function openOwn(url: string) {
  await bringUpToDate(url);
  return { url, kind: 'the database of DATABASE_URL', close: async () => undefined };
}

async function openEmbedded() {
  const directory = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const postgres = await startPostgres({
    dataDirectory: join(directory, 'postgres'),
    migrate: bringUpToDate,
    role: databaseRole,
  });
  return {
    url: postgres.connectionString,
    kind: 'embedded (PGlite, one process with the client)',
    close: async () => {
      await postgres.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
