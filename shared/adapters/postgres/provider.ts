import { limitsConfig, limitsOf, type TenantLimits } from '../../contracts/tenant-limits.ts';
import type { Ambient, Provider } from '../../runtime/deps.ts';
import { type Database, database } from './database.ts';
import { connectionsFor, postgresConfig } from './pool.ts';

/** A provider of any port that stands on Postgres; all of them share the process's one pool. */
export const postgresProvider = <T>(build: (db: Database) => T): Provider<T, typeof postgresConfig> => ({
  config: postgresConfig,
  build: (config) => build(database(connectionsFor(config))),
});

const limitedConfig = postgresConfig.safeExtend(limitsConfig.shape);

/** The same for a port that also knows the stage's limits. */
export const limitedPostgresProvider = <T>(
  build: (db: Database, limits: TenantLimits, ambient: Ambient) => T,
): Provider<T, typeof limitedConfig> => ({
  config: limitedConfig,
  // parsed once more for the connection's own settings alone, which name the pool
  build: (config, ambient) =>
    build(database(connectionsFor(postgresConfig.parse(config))), limitsOf(config), ambient),
});
