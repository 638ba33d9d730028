import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

/**
 * Brings the schema up to date. Connects as a role that may create extensions, roles and tables; the service
 * itself runs as `strata_app`, which owns nothing.
 *
 * @returns the names of the migrations that ran, none when all had.
 */
export async function migrate(options: {
  connectionString: string;
  /** Folder of the SQL files; beside this module unless a bundle put them elsewhere. */
  directory?: string;
  log?: (message: string) => void;
}): Promise<string[]> {
  const ran = await runner({
    databaseUrl: options.connectionString,
    dir: options.directory ?? fileURLToPath(new URL('./migrations', import.meta.url)),
    direction: 'up',
    migrationsTable: 'schema_migrations',
    migrationsSchema: 'strata_meta',
    createMigrationsSchema: true,
    singleTransaction: true,
    log: options.log ?? (() => undefined),
  });
  return ran.map((migration) => migration.name);
}
