import { randomBytes } from 'node:crypto';
import { describe, expect, vi } from 'vitest';
import { bearer, http } from '../../support/http.ts';
import { type Service, type ServiceOptions, startService } from '../../support/service.ts';
import { type Callers, signedCallers, type TenantSlot, tokenCallers } from './callers.ts';

/**
 * Which service the suite runs against. With `STRATA_URL` it is the one at that address, and these hold an
 * administrator's API key (`strata_sk_…`) or token for two tenants and, for seed 3, the tenant `test`:
 * `STRATA_TENANT_A`, `STRATA_TENANT_B`, `STRATA_TENANT_TEST`; `STRATA_SOCKET_URL` is its WebSocket API. Without it each file starts a service of its own.
 */
const remoteUrl = process.env.STRATA_URL;
export const isRemote = remoteUrl !== undefined;
/** With `STRATA_CALLERS=signed` callers have no tokens: they sign their requests, as services do. */
export const isSigned = process.env.STRATA_CALLERS === 'signed';

/** For tests that take parts of the service away. */
export const describeLocal = describe.skipIf(isRemote);

export interface Target extends Callers {
  readonly url: string;
  /** Of the WebSocket API. @throws where the target is elsewhere and `STRATA_SOCKET_URL` does not name it */
  readonly socketUrl: string;
  /** The service of this file. @throws where the target is elsewhere */
  readonly service: Service;
  close(): Promise<void>;
}

/** A name that no earlier run has used: data of a service elsewhere outlives the run. */
export const unique = (name: string): string => `${name}-${randomBytes(6).toString('hex')}`;

export const localTenants: Readonly<Record<TenantSlot, string>> = { a: 'acme', b: 'globex', test: 'test' };

export async function openTarget(options: ServiceOptions = {}): Promise<Target> {
  if (isSigned) return remoteTarget(signedCallers());
  if (remoteUrl !== undefined) return remoteTarget(tokenCallers(remoteUrl.replace(/\/+$/, '')));
  const service = await startService(options);
  await warmUp(service);
  const token: Target['token'] = (slot, scopes) => service.token(localTenants[slot], scopes);
  return {
    url: service.url,
    socketUrl: `${service.url.replace(/^http/, 'ws')}/ws`,
    anonymous: http(service.url),
    tenantId: async (slot) => localTenants[slot],
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

function remoteTarget(callers: Callers): Target {
  return {
    ...callers,
    url: callers.anonymous.url,
    get socketUrl(): string {
      const { STRATA_SOCKET_URL: socketUrl } = process.env;
      if (!socketUrl) throw new Error('STRATA_SOCKET_URL must name the WebSocket API for this test');
      return socketUrl;
    },
    get service(): Service {
      throw new Error('the service is elsewhere, its parts cannot be reached from here');
    },
    close: async () => undefined,
  };
}

/** Whether the target has a tenant of the name that seed 3 writes into its requests. */
export const hasTestTenant = !isRemote || process.env.STRATA_TENANT_TEST !== undefined;
