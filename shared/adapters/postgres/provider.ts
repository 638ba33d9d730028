import type { Provider } from '../../runtime/deps.ts';
import { type Database, database } from './database.ts';
import { connectionsFor, postgresConfig } from './pool.ts';

/** A provider of any port that stands on Postgres; all of them share the process's one pool. */
export const postgresProvider = <T>(build: (db: Database) => T): Provider<T, typeof postgresConfig> => ({
  config: postgresConfig,
  build: (config) => build(database(connectionsFor(config))),
});
