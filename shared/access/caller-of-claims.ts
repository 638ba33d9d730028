import type { Caller } from '../contracts/caller.ts';
import { name } from '../contracts/fields.ts';
import { expandGrants } from './grants.ts';

/**
 * Who a verified token speaks for, from its claims as they are or as API Gateway renders them.
 * @returns undefined where they name no tenant, no subject or no expiry
 */
export function callerOfClaims(claims: Readonly<Record<string, unknown>>): Caller | undefined {
  const tenant = name.safeParse(claims.tenant_id);
  const subject = name.safeParse(claims.sub);
  // not every authorizer refuses a token that is valid for ever
  if (!tenant.success || !subject.success || claims.exp === undefined) return undefined;
  const granted = claims.scope ?? claims.scp ?? claims.scopes;
  return { tenantId: tenant.data, subject: subject.data, scopes: expandGrants(words(granted)) };
}

/** API Gateway turns a claim that is a list into the text `[a b]`. */
const words = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim.join(' ') : String(claim ?? '')).split(/[\s,[\]]+/).filter(Boolean);
