import { identityOperations } from '../contracts/identity/operations.ts';
import type { TokenSigner } from './ports.ts';

/**
 * What API Gateway and OIDC libraries read to verify this issuer's tokens (OpenID Connect Discovery 1.0). There
 * is no authorization endpoint, because there are no users to log in: tokens are had against API keys alone.
 */
export function discoveryDocument(baseUrl: string, tokenSigner: TokenSigner) {
  const issuer = tokenSigner.issuer ?? baseUrl;
  return {
    issuer,
    jwks_uri: `${issuer}${identityOperations.jwks.path}`,
    token_endpoint: `${issuer}${identityOperations.issueToken.path}`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['token'],
    subject_types_supported: ['public'],
  };
}
