import { bearer, type Http } from '../../support/http.ts';
import { signedCaller } from './callers.ts';
import { hasIssuerKey, issuerKey, tokenOf } from './issuer-key.ts';
import { isRemote, isSigned, type Target } from './target.ts';

/** Whether this suite can call for tenants of any name; a service elsewhere gives keys of three. */
export const hasAnyTenant = isSigned || hasIssuerKey;

/** Calls for a tenant of this name; all scopes unless some are named. */
export async function callerOfAnyTenant(
  target: Target,
  tenant: string,
  scopes: readonly string[] = ['*'],
): Promise<Http> {
  if (isSigned) return signedCaller(tenant, scopes);
  if (!isRemote) return bearer(target.url, await target.service.token(tenant, scopes));
  const [head, payload] = (await target.token('a')).split('.').map((part) => Buffer.from(part, 'base64url'));
  const header = JSON.parse(String(head));
  const claims = { ...JSON.parse(String(payload)), tenant_id: tenant, scope: scopes.join(' ') };
  return bearer(target.url, await tokenOf(header, claims, await issuerKey(target)));
}
