import { type JwtVerifierOptions, jwtVerifier } from '../../shared/adapters/identity/jwt-verifier.ts';
import { hasCode } from '../../shared/kernel/app-error.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';

export type JwtAuthorizerOptions = Omit<JwtVerifierOptions, 'clock' | 'logger'> &
  Partial<Pick<JwtVerifierOptions, 'clock' | 'logger'>>;

export type Authorization =
  | {
      authorized: true;
      /** `requestContext.authorizer` of the event. */
      authorizer: { jwt: { claims: Record<string, string>; scopes: null } };
    }
  | { authorized: false; statusCode: 401; headers: Record<string, string>; body: string };

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
 * The JWT authorizer of an HTTP API on this machine. Narrower in two points, so that what works here works there:
 * RS256 alone, and a bare token without `Bearer` is refused. Whose tenant it is and what it may do is decided behind
 * it, by the function.
 *
 * @returns takes the `Authorization` header of a request
 */
export function jwtAuthorizer(
  options: JwtAuthorizerOptions,
): (header: string | undefined) => Promise<Authorization> {
  const verifier = jwtVerifier({ clock: systemClock, logger: silentLogger, ...options });
  return async (header) => {
    const token = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
    if (token === undefined) return refuse();
    try {
      const claims = Object.entries(await verifier.verify(token)).map(([name, value]) => [
        name,
        claimText(value),
      ]);
      return { authorized: true, authorizer: { jwt: { claims: Object.fromEntries(claims), scopes: null } } };
    } catch (error) {
      if (hasCode(error, 'store_unavailable')) return refuse('the keys of the issuer cannot be read');
      if (!hasCode(error, 'unauthenticated')) throw error;
      const { reason } = error.details;
      return refuse(typeof reason === 'string' ? reason : undefined);
    }
  };
}
