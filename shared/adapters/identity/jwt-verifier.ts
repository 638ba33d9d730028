import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import * as z from 'zod';
import type { TokenVerifier } from '../../access/ports.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import type { Logger } from '../../kernel/logger.ts';

export interface JwtVerifierOptions {
  /** Compared letter by letter with the token's `iss`. */
  issuer: string;
  /** The token must be for one of these. */
  audience: readonly string[];
  /** Reads the issuer's keys in another way than over HTTP from its discovery document. */
  fetchJwks?: (() => Promise<JSONWebKeySet>) | undefined;
  clock: Clock;
  logger: Logger;
}

/** API Gateway takes 10,240 bytes of headers in all; nothing larger is worth decoding. */
const maxTokenLength = 10_240;

/** What can be wrong with a token. Fixed sentences: an error's own message may repeat what the caller sent. */
const tokenFaults: Readonly<Record<string, string>> = {
  ERR_JWS_INVALID: 'the token cannot be read',
  ERR_JWT_INVALID: 'the token cannot be read',
  ERR_JOSE_NOT_SUPPORTED: 'the token cannot be read',
  ERR_JWT_EXPIRED: 'the token has expired',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature is not valid',
  ERR_JWKS_NO_MATCHING_KEY: 'the signing key is not known',
  ERR_JOSE_ALG_NOT_ALLOWED: 'the algorithm is not allowed',
};

function faultOf(error: unknown): string | undefined {
  // its claim is one of those that are checked here, so nothing of the caller's own is repeated
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `the claim ${error.claim} is missing or has a wrong value`;
  }
  return error instanceof errors.JOSEError ? tokenFaults[error.code] : undefined;
}

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

async function jwksUri(issuer: string): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: 'error' });
  if (!response.ok) throw new Error(`The issuer answered ${response.status} for its discovery document.`);
  const document = discovery.parse(await response.json());
  if (document.issuer !== issuer) throw new Error('The discovery document is of another issuer.');
  return new URL(document.jwks_uri);
}

function refused(reason?: string): AppError {
  if (reason === undefined) return new AppError('unauthenticated', 'Send a valid token.');
  return new AppError('unauthenticated', `Send a valid token: ${reason}.`, { details: { reason } });
}

/**
 * The checks of API Gateway's JWT authorizer, one by one: algorithm and signature with the issuer's keys (cached),
 * `kid`, `iss`, `aud` or else `client_id`, `exp`, `nbf`, `iat`. Narrower in one point: RS256 alone.
 */
export function jwtVerifier({
  issuer,
  audience,
  fetchJwks,
  clock,
  logger,
}: JwtVerifierOptions): TokenVerifier {
  const keySet = loadOnce(async () =>
    fetchJwks === undefined
      ? createRemoteJWKSet(await jwksUri(issuer))
      : // never requested: jose's cache and its reload for an unknown key, around another source of keys
        createRemoteJWKSet(new URL('jwks:in-process'), {
          [customFetch]: async () => Response.json(await fetchJwks()),
        }),
  );

  const key: JWTVerifyGetKey = async (header, token) => {
    if (header.kid === undefined) throw new errors.JWKSNoMatchingKey();
    return (await keySet())(header, token);
  };

  const isForUs = ({ aud, client_id }: JWTPayload) =>
    [aud ?? client_id].flat().some((value) => typeof value === 'string' && audience.includes(value));

  async function claimsOf(token: string, now: Date): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer,
        algorithms: ['RS256'],
        requiredClaims: ['exp'],
        currentDate: now,
      });
      return payload;
    } catch (error) {
      const fault = faultOf(error);
      if (fault !== undefined) throw refused(fault);
      logger.warn('The keys of the issuer cannot be read.', { issuer, error });
      throw new AppError('store_unavailable', 'The keys of the issuer cannot be read; try again.', {
        retryable: true,
        cause: error,
      });
    }
  }

  return {
    async verify(token) {
      if (token.length > maxTokenLength) throw refused();
      const now = clock.now();
      const payload = await claimsOf(token, now);
      if (!isForUs(payload)) throw refused('the token does not have a valid audience');
      if ((payload.iat ?? 0) > now.getTime() / 1_000) throw refused('the token is not valid yet');
      return payload;
    },
  };
}
