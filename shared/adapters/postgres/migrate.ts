import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Connection } from './connection-secret.ts';

/** Where migrations leave a note of having run. */
export const migrationsTable = { schema: 'strata_meta', name: 'schema_migrations' } as const;

/** Folder of the SQL files; in a bundle it lies beside the entry. */
export const migrationsDirectory = () => fileURLToPath(new URL('./migrations', import.meta.url));

/**
 * Brings the schema up to date. Connects as a role that may create extensions, roles and tables; the service
 * itself runs as `strata_app`, which owns nothing.
 *
 * @returns the names of the migrations that ran, none when all had.
 */
export async function migrate(options: {
  connectionString: string | Connection;
  /** Folder of the SQL files; beside this module unless a bundle put them elsewhere. */
  directory?: string;
  log?: (message: string) => void;
}): Promise<string[]> {
  const ran = await runner({
    databaseUrl: options.connectionString,
    dir: options.directory ?? migrationsDirectory(),
    direction: 'up',
    migrationsTable: migrationsTable.name,
    migrationsSchema: migrationsTable.schema,
    createMigrationsSchema: true,
    singleTransaction: true,
    log: options.log ?? (() => undefined),
  });
  return ran.map((migration) => migration.name);
}
