import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../shared/kernel/ids.ts';
import { whenInterrupted } from '../bench/when-interrupted.ts';
import type { Settings } from '../services/with-servers.ts';
import { createDatabase, dropDatabase, tenantsIn } from './database.ts';
import { emulatorEnvironment, startEmulator } from './emulator.ts';
import { clearGraph } from './graph.ts';
import { createSecrets } from './secrets.ts';
import { bootstrap, deploy, synthesise } from './stacks.ts';
import type { Step } from './step.ts';
import { createTenant } from './tenants.ts';
import { applyTimeToLive } from './time-to-live.ts';

/** Seed 3 names this one in its requests. */
const namedTenant = 'test';

export interface Deployment {
  /** Of the API that takes tokens. */
  readonly url: string;
  /** What the end-to-end suite is told of it, by environment. */
  readonly suite: Readonly<Record<string, string>>;
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
  const emptyStores = async () => {
    // the ledger says whose the graph's nodes are, so it goes last
    await clearGraph({ uri, username, password }, [namedTenant, ...(await tenantsIn(serverUrl))]);
    await dropDatabase(serverUrl);
  };
  const folder = await mkdtemp(join(tmpdir(), 'strata-deploy-'));
  const { endpoint, stop } = await step('start an emulator of AWS', startEmulator);
  const remove = async () => {
    await stop();
    await Promise.all([rm(folder, { recursive: true, force: true }), emptyStores()]);
  };
  // no record leads to it: nothing else would end it
  whenInterrupted(remove);
  try {
    const databaseUrl = await step('make its stores and their secrets', async () => {
      // what a run left that was killed
      await emptyStores();
      const url = await createDatabase(serverUrl);
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
    const { data, service } = await step('deploy the stacks', () => deploy(folder, env));
    await applyTimeToLive(endpoint, folder, data);
    const keyOf = (tenant: string) =>
      createTenant(tenant, { endpoint, serviceApiUrl: service.ServiceApiUrl, databaseUrl });
    const suite = await step('get API keys with signed requests', async () => ({
      STRATA_URL: service.ApiUrl,
      STRATA_SERVICE_URL: service.ServiceApiUrl,
      STRATA_SOCKET_URL: service.SocketUrl,
      STRATA_AWS_ENDPOINT: endpoint,
      STRATA_DATABASE_URL: databaseUrl,
      STRATA_IDENTITY_KEY_ARN: data.IdentityKeyArn,
      STRATA_ARCHIVE_BUCKET: data.ArchiveBucket,
      STRATA_TENANT_A: await keyOf(`deployed-a-${newId()}`),
      STRATA_TENANT_B: await keyOf(`deployed-b-${newId()}`),
      STRATA_TENANT_TEST: await keyOf(namedTenant),
    }));
    return { url: service.ApiUrl, suite, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
