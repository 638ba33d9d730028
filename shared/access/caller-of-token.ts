import type { Caller } from '../contracts/caller.ts';
import { AppError } from '../kernel/app-error.ts';
import { callerOfClaims } from './caller-of-claims.ts';
import type { TokenVerifier } from './ports.ts';

/** The last moment that a Date can hold: an issuer may write anything into `exp`, such as milliseconds. */
const endOfTime = 8.64e15;

/**
 * Who calls where no gateway has looked at the token before.
 * @returns the caller, and when the token ends
 * @throws AppError `unauthenticated`; `store_unavailable` (retryable) when the issuer's keys cannot be read
 */
export async function callerOfToken(
  token: string | undefined,
  { tokenVerifier }: { tokenVerifier: TokenVerifier },
): Promise<{ caller: Caller; expiresAt: string }> {
  if (token === undefined) throw new AppError('unauthenticated', 'Send a token.');
  const claims = await tokenVerifier.verify(token);
  const caller = callerOfClaims(claims);
  if (!caller) throw new AppError('unauthenticated', 'Send a token that names a tenant and a subject.');
  const expiresAt = new Date(Math.min(Number(claims.exp) * 1_000, endOfTime)).toISOString();
  return { caller, expiresAt };
}
