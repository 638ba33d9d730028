import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { newId } from '../../../shared/kernel/ids.ts';
import { type Service, startService } from '../../../test/support/service.ts';
import { freePort } from '../../local/embedded/listen.ts';
import type { ServerName } from '../server.ts';
import { servers } from '../servers.ts';
import { ensureRunning, killServer } from '../supervise.ts';
import type { Settings } from '../with-servers.ts';
import { watchedQueue } from './dead-letters.ts';
import type { Fault, Stage } from './run-fault.ts';
import { openStores } from './stores.ts';

export interface OpenStage extends Stage {
  readonly faults: readonly Fault[];
  close(): Promise<void>;
}

/** Everything that a fault needs: the service on the real servers, with a database and a queue of its own. */
export async function openStage(settings: Settings, seconds: number): Promise<OpenStage> {
  const database = await createDatabase(settings.DATABASE_URL ?? '');
  const queue = watchedQueue(settings.AWS_ENDPOINT_URL ?? '');
  await queue.create();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strata-faults-'));
  const env = {
    ...settings,
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    GRAPH_CHANGES_QUEUE_URL: queue.url,
    STRATA_SCHEDULE_SECONDS: '2',
  };
  const start = () => startService({ dataDirectory, env });
  let service: Service = await start();
  const stores = openStores(database.url, settings);

  const serverFault = (name: ServerName, prepare: () => Promise<void> = async () => undefined): Fault => ({
    name: servers[name].title,
    kill: () => killServer(servers[name]),
    async restore() {
      await ensureRunning(servers[name]);
      await prepare();
    },
  });

  return {
    url: service.url,
    token: (tenant) => service.token(tenant),
    stores,
    queue,
    seconds,
    faults: [
      serverFault('postgres'),
      serverFault('neo4j'),
      { ...serverFault('ministack', queue.create), forgetsQueue: true },
      {
        name: 'Strata itself',
        kill: () => service.kill(),
        async restore() {
          service = await start();
        },
      },
    ],
    async close() {
      await service.stop();
      await stores.close();
      queue.close();
      await database.remove();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function createDatabase(serverUrl: string): Promise<{ url: string; remove(): Promise<void> }> {
  const name = `strata_faults_${newId().replaceAll('-', '')}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => run(`drop database ${name} with (force)`) };
}
