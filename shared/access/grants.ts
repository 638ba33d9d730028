import { type Scope, scopes } from '../contracts/scopes.ts';

/** What a key, a principal or a token carries: a scope, or `*` for all of them, later versions' too. */
export type Grant = Scope | '*';

const known: ReadonlySet<string> = new Set([...scopes, '*']);

/**
 * Whether the text is a scope of this version. Stores filter by it: a row may name a scope that a newer version
 * wrote or an older one dropped, and what is not known must grant nothing.
 */
export const isGrant = (value: string): value is Grant => known.has(value);

/** The scopes that grants stand for; anything unknown stands for none. */
export function expandGrants(grants: Iterable<string>): ReadonlySet<Scope> {
  const granted = new Set(grants);
  return new Set(scopes.filter((scope) => granted.has('*') || granted.has(scope)));
}
