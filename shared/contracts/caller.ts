import type { Scope } from './scopes.ts';

/** Who calls, from verified claims alone. */
export interface Caller {
  readonly tenantId: string;
  /** The subject of the token, the id of the API key, or the IAM principal. */
  readonly subject: string;
  readonly scopes: ReadonlySet<Scope>;
}
