import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { Closers } from '../local/closers.ts';
import { localIdentity } from '../local/identity.ts';
import { identityEnvironment } from '../local/identity-environment.ts';
import { CannotStart, localSettings } from '../local/settings.ts';
import { startLocal } from '../local/start-local.ts';

const tenant = 'demo';

export interface DemoService {
  url: string;
  /** What a request has to carry. */
  authorization: string;
  /** Where it came from, for the user. */
  description: string;
}

/** Where `npm start` serves in the same environment. */
const usualAddress = () => `http://127.0.0.1:${localSettings(process.env).port}`;

/**
 * The service at the usual address where one answers, else one of the demo's own on a free port.
 * @param cleanup gets what stops the demo's own service and removes its data
 */
export const findService = async (cleanup: Closers): Promise<DemoService> =>
  (await findRunning()) ?? (await startOwn(cleanup));

/** One that keeps its data elsewhere, or believes another issuer, refuses the token and counts as none. */
async function findRunning(): Promise<DemoService | undefined> {
  const url = usualAddress();
  if (!(await answers(`${url}/v1/admin/health`))) return undefined;
  const { token } = localIdentity(identityEnvironment(process.env), silentLogger);
  if (token === undefined) return undefined;
  const authorization = `Bearer ${await token({ tenant })}`;
  if (!(await answers(`${url}/api/persistence/status`, { authorization }))) return undefined;
  return {
    url,
    authorization,
    description: `the service at ${url}, tenant ${tenant}`,
  };
}

async function answers(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  try {
    return (await fetch(url, { headers, signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    return false;
  }
}

async function startOwn(cleanup: Closers): Promise<DemoService> {
  const given = process.env.STRATA_DATA;
  const directory = given ?? (await mkdtemp(join(tmpdir(), 'strata-demo-')));
  if (given === undefined) cleanup.add(() => rm(directory, { recursive: true, force: true }));
  const env = { LOG_LEVEL: 'SILENT', ...process.env, PORT: '0', STRATA_DATA: directory };
  const service = await startLocal({ env });
  cleanup.add(service.stop);
  if (service.token === undefined)
    throw new CannotStart('The demo needs the built-in issuer: unset OIDC_ISSUER.');
  return {
    url: service.url,
    authorization: `Bearer ${await service.token({ tenant })}`,
    description: given === undefined ? 'a service of its own, gone afterwards' : `a service on ${given}`,
  };
}
