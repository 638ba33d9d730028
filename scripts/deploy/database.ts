import pg from 'pg';

/** Not the database of whoever else uses the server. */
const name = 'strata_deployed';

/** Runs one statement as who may do everything. Answers its rows. */
export async function asOwner<R extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

const urlOf = (serverUrl: string): string => {
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
};

/** An empty database on the server of `serverUrl`, where no other of its name is. Answers its URL. */
export async function createDatabase(serverUrl: string): Promise<string> {
  await asOwner(serverUrl, `create database ${name}`);
  return urlOf(serverUrl);
}

/** Whose memories are in the database; nobody's where there is none, or none that was migrated. */
export async function tenantsIn(serverUrl: string): Promise<string[]> {
  const [database] = await asOwner(serverUrl, 'select from pg_database where datname = $1', [name]);
  if (database === undefined) return [];
  const url = urlOf(serverUrl);
  const [found] = await asOwner<{ ledger: string | null }>(
    url,
    "select to_regclass('strata.memory_sync') as ledger",
  );
  if (!found?.ledger) return [];
  const rows = await asOwner<{ tenant_id: string }>(url, 'select distinct tenant_id from strata.memory_sync');
  return rows.map((row) => row.tenant_id);
}

/** Whoever is still connected is sent away: functions of an emulator that has ended. */
export async function dropDatabase(serverUrl: string): Promise<void> {
  await asOwner(serverUrl, `drop database if exists ${name} with (force)`);
}
