import { randomBytes } from 'node:crypto';
import { describe, expect, vi } from 'vitest';
import { bearer, type Http, http } from '../../support/http.ts';
import { type Service, type ServiceOptions, startService } from '../../support/service.ts';

/**
 * Which service the suite runs against. With `STRATA_URL` it is the one at that address, and these hold an
 * administrator's API key (`strata_sk_…`) or token for two tenants and, for seed 3, the tenant `test`:
 * `STRATA_TENANT_A`, `STRATA_TENANT_B`, `STRATA_TENANT_TEST`; `STRATA_SOCKET_URL` is its WebSocket API. Without it each file starts a service of its own.
 */
const remoteUrl = process.env.STRATA_URL;
export const isRemote = remoteUrl !== undefined;

/** For tests that take parts of the service away, or need more tenants than a service elsewhere gives. */
export const describeLocal = describe.skipIf(isRemote);

/** Tenants that every target has. */
export type TenantSlot = 'a' | 'b' | 'test';

export interface Target {
  readonly url: string;
  /** Of the WebSocket API. @throws where the target is elsewhere and `STRATA_SOCKET_URL` does not name it */
  readonly socketUrl: string;
  /** Without a token. */
  readonly anonymous: Http;
  /** The service of this file. @throws where the target is elsewhere */
  readonly service: Service;
  /** The caller's token; all scopes unless some are named. */
  token(slot: TenantSlot, scopes?: readonly string[]): Promise<string>;
  /** Calls as a tenant. */
  as(slot: TenantSlot, scopes?: readonly string[]): Promise<Http>;
  close(): Promise<void>;
}

/** A name that no earlier run has used: data of a service elsewhere outlives the run. */
export const unique = (name: string): string => `${name}-${randomBytes(6).toString('hex')}`;

export const localTenants: Readonly<Record<TenantSlot, string>> = { a: 'acme', b: 'globex', test: 'test' };

export async function openTarget(options: ServiceOptions = {}): Promise<Target> {
  if (remoteUrl !== undefined) return remoteTarget(remoteUrl.replace(/\/+$/, ''));
  const service = await startService(options);
  await warmUp(service);
  const token: Target['token'] = (slot, scopes) => service.token(localTenants[slot], scopes);
  return {
    url: service.url,
    socketUrl: `${service.url.replace(/^http/, 'ws')}/ws`,
    anonymous: http(service.url),
    service,
    token,
    as: async (slot, scopes) => bearer(service.url, await token(slot, scopes)),
    close: async () => void (await service.stop()),
  };
}

/**
 * The first write of a process loads the table of the embedder, the names of the extractor and the graph, which takes
 * longer than a write waits for the graph: until one is in both stores at once.
 */
async function warmUp(service: Service): Promise<void> {
  const api = bearer(service.url, await service.token('warm-up'));
  await vi.waitFor(
    async () => {
      const { body } = await api.post('/api/memory', { content: 'Anna from Paris is warming up' });
      expect(body.metadata.graphWriteSuccess).toBe(true);
    },
    { timeout: 20_000, interval: 20 },
  );
}

function remoteTarget(url: string): Target {
  const anonymous = http(url);
  const exchange = async (secret: string) =>
    (await anonymous.send('POST', '/v1/token', { headers: { 'x-api-key': secret } })).body.access_token;

  const administrator = async (slot: TenantSlot): Promise<string> => {
    const variable = `STRATA_TENANT_${slot.toUpperCase()}`;
    const given = process.env[variable];
    if (given === undefined) throw new Error(`${variable} must hold an API key or a token for this test`);
    return given.startsWith('strata_sk_') ? exchange(given) : given;
  };
  const token: Target['token'] = async (slot, scopes) => {
    const admin = await administrator(slot);
    if (scopes === undefined) return admin;
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const { body } = await bearer(url, admin).post('/v1/admin/keys', { name: 'e2e', scopes, expiresAt });
    return exchange(body.secret);
  };
  return {
    url,
    get socketUrl(): string {
      const { STRATA_SOCKET_URL: socketUrl } = process.env;
      if (!socketUrl) throw new Error('STRATA_SOCKET_URL must name the WebSocket API for this test');
      return socketUrl;
    },
    anonymous,
    get service(): Service {
      throw new Error('the service is elsewhere, its parts cannot be reached from here');
    },
    token,
    as: async (slot, scopes) => bearer(url, await token(slot, scopes)),
    close: async () => undefined,
  };
}

/** Whether the target has a tenant of the name that seed 3 writes into its requests. */
export const hasTestTenant = !isRemote || process.env.STRATA_TENANT_TEST !== undefined;
