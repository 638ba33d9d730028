import type * as z from 'zod';
import type { tokenAnswer } from '../contracts/identity/operations.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { apiKeyId, matchesHash } from './api-key-secret.ts';
import { mintToken } from './mint-token.ts';
import type { ApiKeyStore, TokenSigner } from './ports.ts';

export const lifetimeSeconds = 15 * 60;

/** One sentence for every reason: who tries keys must not learn which of them exist, expired or were revoked. */
const refused = () => new AppError('unauthenticated', 'The header x-api-key must hold a valid API key.');

/** Compared with where there is no such key, so that the time of the answer does not tell either. */
const hashOfNothing = '0'.repeat(64);

/**
 * Exchanges an API key for a token that ends after 15 minutes, or with the key if that is sooner.
 * @throws AppError `unauthenticated`, the same for an absent, malformed, unknown, expired or revoked key.
 */
export async function issueToken(
  presented: string | undefined,
  baseUrl: string,
  { apiKeys, tokenSigner, clock }: { apiKeys: ApiKeyStore; tokenSigner: TokenSigner; clock: Clock },
): Promise<z.input<typeof tokenAnswer>> {
  const id = presented === undefined ? undefined : apiKeyId(presented);
  if (presented === undefined || id === undefined) throw refused();

  const found = await apiKeys.findForLogin(id);
  const matches = matchesHash(presented, found?.secretHash ?? hashOfNothing);
  if (found === undefined || !matches || found.key.revokedAt !== undefined) throw refused();

  const { key } = found;
  const remaining = key.expiresAt
    ? Math.floor((Date.parse(key.expiresAt) - clock.now().getTime()) / 1_000)
    : lifetimeSeconds;
  if (remaining <= 0) throw refused();

  const expiresIn = Math.min(lifetimeSeconds, remaining);
  const token = await mintToken(
    {
      issuer: tokenSigner.issuer ?? baseUrl,
      tenantId: key.tenantId,
      subject: `key:${key.id}`,
      grants: key.scopes,
      lifetimeSeconds: expiresIn,
    },
    { tokenSigner, clock },
  );
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: key.scopes.join(' '),
  };
}
