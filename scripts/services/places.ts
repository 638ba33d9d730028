import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A path below the folder that holds all of the servers: programs, data, logs. `STRATA_SERVICES` moves it, for
 * instance where the user that PostgreSQL runs as may not enter the repository.
 */
export const placeOf = (...steps: string[]): string =>
  join(resolve(process.env.STRATA_SERVICES || join(repository, '.services')), ...steps);
