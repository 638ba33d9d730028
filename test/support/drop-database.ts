import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 5_000;

/**
 * Drops a database once its last connection is closed: one that the server ends while it is closing reports an error
 * that nobody listens for any more, and the test run fails.
 * @param run one statement as whoever owns the database
 */
export async function dropDatabase(
  run: (sql: string) => Promise<{ length: number }>,
  name: string,
): Promise<void> {
  const end = Date.now() + patienceMs;
  const inUse = `select from pg_stat_activity where datname = '${name}'`;
  while ((await run(inUse)).length > 0 && Date.now() < end) await delay(20);
  await run(`drop database ${name} with (force)`);
}
