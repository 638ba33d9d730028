import type { Caller } from '../contracts/caller.ts';
import { name } from '../contracts/fields.ts';
import { expandGrants } from './grants.ts';

/**
 * Who a verified token speaks for, from its claims as they are or as API Gateway renders them.
 * @returns undefined where they name no tenant or no subject
 */
export function callerOfClaims(claims: Readonly<Record<string, unknown>>): Caller | undefined {
  const tenant = name.safeParse(claims.tenant_id);
  const subject = name.safeParse(claims.sub);
  if (!tenant.success || !subject.success) return undefined;
  const granted = claims.scope ?? claims.scp ?? claims.scopes;
  return { tenantId: tenant.data, subject: subject.data, scopes: expandGrants(words(granted)) };
}

/** API Gateway turns a claim that is a list into the text `[a b]`. */
const words = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim.join(' ') : String(claim ?? '')).split(/[\s,[\]]+/).filter(Boolean);
