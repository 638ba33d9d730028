import pg from 'pg';

/** Not the database of whoever else uses the server. */
const name = 'strata_deployed';

/** Runs one statement as who may do everything. */
export async function asOwner(url: string, sql: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql, [...values]);
  } finally {
    await client.end();
  }
}

/** An empty database on the server of `serverUrl`; what an earlier run left is dropped. Answers its URL. */
export async function createDatabase(serverUrl: string): Promise<string> {
  await dropDatabase(serverUrl);
  await asOwner(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

/** Whoever is still connected is sent away: functions of an emulator that has ended. */
export const dropDatabase = (serverUrl: string): Promise<void> =>
  asOwner(serverUrl, `drop database if exists ${name} with (force)`);
