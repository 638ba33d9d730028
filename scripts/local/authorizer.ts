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

import { type Clock, systemClock } from '../../shared/kernel/clock.ts';
import { loadOnce } from '../../shared/kernel/load-once.ts';
import { type Logger, silentLogger } from '../../shared/kernel/logger.ts';

export interface JwtAuthorizerOptions {
  /** Compared letter by letter with the token's `iss`. */
  issuer: string;
  /** The token must be for one of these. */
  audience: readonly string[];
  /** Reads the issuer's keys in another way than over HTTP from its discovery document. */
  fetchJwks?: (() => Promise<JSONWebKeySet>) | undefined;
  clock?: Clock;
  logger?: Logger;
}

export type Authorization =
  | {
      authorized: true;
      /** `requestContext.authorizer` of the event. */
      authorizer: { jwt: { claims: Record<string, string>; scopes: null } };
    }
  | { authorized: false; statusCode: 401; headers: Record<string, string>; body: string };

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
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'a claim is missing or has a wrong value',
};

const outsideIssuer = z
  .object({
    OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
    OIDC_AUDIENCE: z.string().min(1).optional(),
  })
  .refine((env) => (env.OIDC_ISSUER === undefined) === (env.OIDC_AUDIENCE === undefined), {
    error: 'OIDC_ISSUER and OIDC_AUDIENCE are set together',
  });

/**
 * Whose tokens this machine accepts: those of the issuer that the environment names in `OIDC_ISSUER` and
 * `OIDC_AUDIENCE` (several divided by commas), or else the service's own. Never both, as on AWS, where an
 * authorizer has one issuer. @throws ZodError when one is set without the other
 */
export function acceptedIssuer(
  env: Readonly<Record<string, string | undefined>>,
  own: JwtAuthorizerOptions,
): JwtAuthorizerOptions {
  const { OIDC_ISSUER, OIDC_AUDIENCE } = outsideIssuer.parse(env);
  if (OIDC_ISSUER === undefined || OIDC_AUDIENCE === undefined) return own;
  const audience = OIDC_AUDIENCE.split(',').map((value) => value.trim());
  return { ...own, issuer: OIDC_ISSUER, audience, fetchJwks: undefined };
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

/** As API Gateway renders them: every value a string, lists as `[a b]`. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function refuse(reason?: string): Authorization {
  const error = reason === undefined ? '' : ` scope="" error="invalid_token" error_description="${reason}"`;
  return {
    authorized: false,
    statusCode: 401,
    headers: { 'content-type': 'application/json', 'www-authenticate': `Bearer${error}` },
    body: '{"message":"Unauthorized"}',
  };
}

/**
 * The JWT authorizer of an HTTP API, check by check: algorithm and signature with the issuer's keys (cached),
 * `kid`, `iss`, `aud` or else `client_id`, `exp`, `nbf`, `iat`. Narrower in two points, so that what works here
 * works there: RS256 alone, and a bare token without `Bearer` is refused. Whose tenant it is and what it may do
 * is decided behind it, by the function.
 *
 * @returns takes the `Authorization` header of a request
 */
export function jwtAuthorizer({
  issuer,
  audience,
  fetchJwks,
  clock = systemClock,
  logger = silentLogger,
}: JwtAuthorizerOptions): (header: string | undefined) => Promise<Authorization> {
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

  return async (header) => {
    const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
    if (token === undefined || token.length > maxTokenLength) return refuse();
    const now = clock.now();
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer,
        algorithms: ['RS256'],
        requiredClaims: ['exp'],
        currentDate: now,
      });
      if (!isForUs(payload)) return refuse('the token does not have a valid audience');
      if ((payload.iat ?? 0) > now.getTime() / 1_000) return refuse('the token is not valid yet');
      const claims = Object.entries(payload).map(([name, value]) => [name, claimText(value)]);
      return { authorized: true, authorizer: { jwt: { claims: Object.fromEntries(claims), scopes: null } } };
    } catch (error) {
      const fault = error instanceof errors.JOSEError ? tokenFaults[error.code] : undefined;
      if (fault !== undefined) return refuse(fault);
      logger.warn('The keys of the issuer cannot be read.', { issuer, error });
      return refuse('the keys of the issuer cannot be read');
    }
  };
}
