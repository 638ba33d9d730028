import { AppError } from '../kernel/app-error.ts';
import type { Logger } from '../kernel/logger.ts';
import { destructiveStatements } from './destructive-statements.ts';
import type { DatabaseSchema, GraphSchema, PendingMigration } from './ports.ts';

export interface MigrationDeps {
  databaseSchema: DatabaseSchema;
  graphSchema: GraphSchema;
  logger: Logger;
}

/**
 * Prepares both stores for a new version. What serves until the deployment is over was built for the schema before
 * this one, so migrations add; one that takes away is refused unless somebody asked for it.
 * @throws AppError `forbidden` naming the statements that would destroy data; nothing has run then
 */
export async function migrateStores(
  { allowDestructiveMigrations }: { allowDestructiveMigrations: boolean },
  { databaseSchema, graphSchema, logger }: MigrationDeps,
): Promise<{ migrations: number }> {
  const { fresh, migrations } = await databaseSchema.pending();
  if (!fresh && !allowDestructiveMigrations) refuseDestruction(migrations);
  const ran = await databaseSchema.migrate();
  await databaseSchema.ensureLogin();
  await graphSchema.ensure();
  logger.info('stores prepared', { migrations: ran });
  return { migrations: ran.length };
}

function refuseDestruction(migrations: readonly PendingMigration[]): void {
  const found = migrations.flatMap(({ name, sql }) =>
    destructiveStatements(sql).map((statement) => `${name}: ${statement}`),
  );
  if (found.length === 0) return;
  throw new AppError(
    'forbidden',
    `Migrations would destroy data (${found.join('; ')}). Deploy with allowDestructiveMigrations when it is no longer needed.`,
  );
}
