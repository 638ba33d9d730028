import type { ApiKeyRecord } from '../contracts/identity/operations.ts';
import type { Grant } from './grants.ts';

/** API keys. Secrets are kept as hashes; who reads the table learns no secret. */
export interface ApiKeyStore {
  insert(key: ApiKeyRecord, secretHash: string): Promise<void>;
  /** Oldest first, revoked and expired ones too. */
  list(tenantId: string): Promise<ApiKeyRecord[]>;
  /** A key that is revoked already keeps its first time. Undefined: the tenant has no such key. */
  revoke(tenantId: string, id: string, at: string): Promise<ApiKeyRecord | undefined>;
  /** By the id inside the presented key, of any tenant: the caller is not known yet. */
  findForLogin(id: string): Promise<{ key: ApiKeyRecord; secretHash: string } | undefined>;
}

/** IAM principals and what each may do. The ARN is that of the role or user, never of a session. */
export interface PrincipalStore {
  find(principalArn: string): Promise<{ tenantId: string; scopes: Grant[] } | undefined>;
}

/**
 * The service's own issuer: its name, whom its tokens are for, and its key, the private half of which is out of
 * reach on AWS. @throws AppError `store_unavailable` (retryable) when the key cannot be reached.
 */
export interface TokenSigner {
  /** The issuer's URL, without a trailing slash; undefined: the address under which it was called. */
  readonly issuer: string | undefined;
  readonly audience: string;
  /** Compact JWS, RS256, with the `kid` of one of the public keys. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Public keys as JWKs with `kid`, `alg` and `use`. */
  publicKeys(): Promise<Record<string, unknown>[]>;
}

/**
 * Whether a token is genuine, of the accepted issuer, for this service, and valid now. Whose tenant it names and what
 * it may do is for whoever asks.
 */
export interface TokenVerifier {
  /**
   * @returns the token's claims; `exp` is among them
   * @throws AppError `unauthenticated`, whose `details.reason` says what is wrong where there is a token at all;
   *   `store_unavailable` (retryable) when the issuer's keys cannot be read
   */
  verify(token: string): Promise<Readonly<Record<string, unknown>>>;
}
