import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import type { Grant } from './grants.ts';
import type { TokenSigner } from './ports.ts';

/**
 * Tokens are valid from a little before they are made: the gateway that checks `nbf` and `iat` runs on another
 * clock, and one that is half a second behind would refuse a fresh token.
 */
const clockSkewSeconds = 5;

export interface TokenRequest {
  issuer: string;
  tenantId: string;
  subject: string;
  grants: readonly Grant[];
  lifetimeSeconds: number;
}

/** Signs a token of the service's own issuer. The one place where its claims are composed. */
export function mintToken(
  request: TokenRequest,
  { tokenSigner, clock }: { tokenSigner: TokenSigner; clock: Clock },
): Promise<string> {
  const now = Math.floor(clock.now().getTime() / 1_000);
  return tokenSigner.sign({
    iss: request.issuer,
    aud: tokenSigner.audience,
    sub: request.subject,
    tenant_id: request.tenantId,
    scope: request.grants.join(' '),
    iat: now - clockSkewSeconds,
    nbf: now - clockSkewSeconds,
    exp: now + request.lifetimeSeconds,
    jti: newId(),
  });
}
