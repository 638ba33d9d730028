import type { ApiKeyRecord } from '../contracts/identity/operations.ts';
import type { Scope } from '../contracts/scopes.ts';

/** API keys. Secrets are kept as hashes; who reads the table learns no secret. */
export interface ApiKeyStore {
  insert(key: ApiKeyRecord, secretHash: string): Promise<void>;
  list(tenantId: string): Promise<ApiKeyRecord[]>;
  revoke(tenantId: string, id: string, at: string): Promise<ApiKeyRecord | undefined>;
  /** By the id inside the presented key, of any tenant: the caller is not known yet. */
  findForLogin(id: string): Promise<{ key: ApiKeyRecord; secretHash: string } | undefined>;
}

/** IAM principals and what each may do. The ARN is that of the role or user, never of a session. */
export interface PrincipalStore {
  find(principalArn: string): Promise<{ tenantId: string; scopes: (Scope | '*')[] } | undefined>;
}

/** A key of the issuer, private half out of reach on AWS. */
export interface TokenSigner {
  /** Compact JWS, RS256. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Public keys as JWKs with `kid`, `alg` and `use`. */
  publicKeys(): Promise<Record<string, unknown>[]>;
}
