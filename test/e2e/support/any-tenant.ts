import { bearer, type Http } from '../../support/http.ts';
import { signedCaller } from './callers.ts';
import { hasIssuerKey, issuerKey, tokenOf } from './issuer-key.ts';
import { isRemote, isSigned, type Target } from './target.ts';

/** Whether this suite can call for tenants of any name; a service elsewhere gives keys of three. */
export const hasAnyTenant = isSigned || hasIssuerKey;

/** Who may do everything for a tenant of this name. */
export async function callerOfAnyTenant(target: Target, tenant: string): Promise<Http> {
  if (isSigned) return signedCaller(tenant);
  if (!isRemote) return bearer(target.url, await target.service.token(tenant));
  const [head, payload] = (await target.token('a')).split('.').map((part) => Buffer.from(part, 'base64url'));
  const header = JSON.parse(String(head));
  const claims = { ...JSON.parse(String(payload)), tenant_id: tenant };
  return bearer(target.url, await tokenOf(header, claims, await issuerKey(target)));
}
