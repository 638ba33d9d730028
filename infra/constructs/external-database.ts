import type { Resources } from '../resources.ts';
import type { Settings } from '../settings.ts';
import { databaseEnvironment } from './database-environment.ts';

/** A database that somebody else runs: two secrets, which may be of one login, and how to use it. */
export const externalDatabase = (
  database: Extract<Settings['database'], { kind: 'external' }>,
  secretNamed: Resources['secretNamed'],
): Resources['database'] => ({
  service: secretNamed(database.secretName),
  owner: secretNamed(database.ownerSecretName),
  environment: {
    ...databaseEnvironment(database),
    // row-level security binds this role, whatever the login may do
    ...(database.setRole ? { DATABASE_ROLE: 'strata_app' } : { DATABASE_ACCESS: 'pooled' }),
  },
});
