import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenInterrupted } from '../bench/when-interrupted.ts';
import type { Settings } from '../services/with-servers.ts';
import { createDatabase, dropDatabase } from './database.ts';
import { emulatorEnvironment, startEmulator } from './emulator.ts';
import { clearGraph } from './graph.ts';
import { createSecrets } from './secrets.ts';
import { bootstrap, deploy, synthesise } from './stacks.ts';
import type { Step } from './step.ts';
import { createTenant } from './tenants.ts';
import { applyTimeToLive } from './time-to-live.ts';

/** Seed 3 names the last one in its requests. */
const tenants = { a: 'deployed-a', b: 'deployed-b', test: 'test' } as const;

export interface Deployment {
  /** Of the API that takes tokens. */
  readonly url: string;
  /** An administrator's API key of each tenant. */
  readonly keys: Readonly<Record<keyof typeof tenants, string>>;
  /** What is behind the API, for tests that let time pass or look at what is stored. */
  readonly behind: {
    readonly databaseUrl: string;
    readonly endpoint: string;
    readonly archiveBucket: string;
  };
  /** Takes all of it away. */
  remove(): Promise<void>;
}

/**
 * The emulated stage in an emulator of its own, on the servers of `settings`.
 * @param step wraps each part of the work
 */
export async function makeDeployment(settings: Settings, step: Step): Promise<Deployment> {
  const { DATABASE_URL: serverUrl = '', NEO4J_URI: uri = '' } = settings;
  const { NEO4J_USER: username = '', NEO4J_PASSWORD: password = '' } = settings;
  const folder = await mkdtemp(join(tmpdir(), 'strata-deploy-'));
  const { endpoint, stop } = await step('start an emulator of AWS', startEmulator);
  const remove = async () => {
    await stop();
    await Promise.all([rm(folder, { recursive: true, force: true }), dropDatabase(serverUrl)]);
  };
  // no record leads to it: nothing else would end it
  whenInterrupted(remove);
  try {
    const databaseUrl = await step('make its stores and their secrets', async () => {
      const url = await createDatabase(serverUrl);
      await clearGraph({ uri, username, password }, Object.values(tenants));
      await createSecrets(endpoint, {
        'strata/emulated/database': url,
        'strata/emulated/database-owner': url,
        'strata/emulated/graph': JSON.stringify({ username, password }),
      });
      return url;
    });
    const env = { ...emulatorEnvironment(endpoint), NEO4J_URI: uri };
    await step('bundle and synthesise', () => synthesise(folder, env));
    await step('bootstrap the account', () => bootstrap(folder, env));
    const deployed = await step('deploy the stacks', () => deploy(folder, env));
    const { apiUrl, serviceApiUrl, cacheTable, archiveBucket } = deployed;
    await applyTimeToLive(endpoint, folder, cacheTable);
    const keyOf = (tenant: string) => createTenant(tenant, { endpoint, serviceApiUrl, databaseUrl });
    const keys = await step('get API keys with signed requests', async () => ({
      a: await keyOf(tenants.a),
      b: await keyOf(tenants.b),
      test: await keyOf(tenants.test),
    }));
    return { url: apiUrl, keys, behind: { databaseUrl, endpoint, archiveBucket }, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
