import { decodeJwt } from 'jose';
import { createPrincipal } from '../../../scripts/deploy/tenants.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { bearer, type Http, http } from '../../support/http.ts';
import { deployed } from './deployed.ts';

/** Tenants that every target has. */
export type TenantSlot = 'a' | 'b' | 'test';

/** Who calls a service, and as whom. */
export interface Callers {
  /** Without a token or a signature. */
  readonly anonymous: Http;
  tenantId(slot: TenantSlot): Promise<string>;
  /** The caller's token; all scopes unless some are named. @throws where callers have no tokens */
  token(slot: TenantSlot, scopes?: readonly string[]): Promise<string>;
  /** Calls as a tenant; all scopes unless some are named. */
  as(slot: TenantSlot, scopes?: readonly string[]): Promise<Http>;
}

/** Each holds a token, got for an API key of the tenant's administrator. */
export function tokenCallers(url: string): Callers {
  const anonymous = http(url);
  const exchange = async (secret: string) =>
    (await anonymous.send('POST', '/v1/token', { headers: { 'x-api-key': secret } })).body.access_token;

  const administrator = async (slot: TenantSlot): Promise<string> => {
    const variable = `STRATA_TENANT_${slot.toUpperCase()}`;
    const given = process.env[variable];
    if (given === undefined) throw new Error(`${variable} must hold an API key or a token for this test`);
    return given.startsWith('strata_sk_') ? exchange(given) : given;
  };
  const token: Callers['token'] = async (slot, scopes) => {
    const admin = await administrator(slot);
    if (scopes === undefined) return admin;
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const { body } = await bearer(url, admin).post('/v1/admin/keys', { name: 'e2e', scopes, expiresAt });
    return exchange(body.secret);
  };
  return {
    anonymous,
    tenantId: async (slot) => String(decodeJwt(await token(slot)).tenant_id),
    token,
    as: async (slot, scopes) => bearer(url, await token(slot, scopes)),
  };
}

/** Seed 3 names the last one in its requests; of the others this file has its own. */
const signedTenants: Readonly<Record<TenantSlot, string>> = {
  a: `signed-a-${newId()}`,
  b: `signed-b-${newId()}`,
  test: 'test',
};

let users = 0;

/** An IAM user who may call for a tenant, at the API for services. */
export async function signedCaller(tenant: string, scopes: readonly string[] = ['*']): Promise<Http> {
  const where = whereSigned();
  users += 1;
  const client = await createPrincipal(`suite-${process.pid}-${users}`, { tenant, scopes }, where);
  return http(where.serviceUrl, {}, (url, init) => client.fetch(url, init));
}

/** Each is an IAM user who signs its requests. */
export const signedCallers = (): Callers => ({
  anonymous: http(whereSigned().serviceUrl),
  tenantId: async (slot) => signedTenants[slot],
  token: async () => {
    throw new Error('who signs has no token');
  },
  as: (slot, scopes) => signedCaller(signedTenants[slot], scopes),
});

function whereSigned() {
  if (deployed === undefined) throw new Error('The target does not say where signed requests go.');
  return deployed;
}
