import { callerOfClaims } from '../../access/caller-of-claims.ts';
import { callerOfPrincipal } from '../../access/caller-of-principal.ts';
import type { PrincipalStore } from '../../access/ports.ts';
import type { Caller } from '../../contracts/caller.ts';
import type { Operation } from '../../contracts/operation.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { AuthorizerContext } from './event.ts';

/**
 * Who calls. API Gateway has verified the token or the signature; what is read here is its word alone.
 * @param principals the table of IAM principals; without it no IAM caller has a tenant
 * @returns undefined only where the operation is public and nobody is signed in
 * @throws AppError `unauthenticated`, `forbidden`, `insufficient_scope`
 */
export async function authenticate(
  operation: Operation,
  authorizer: AuthorizerContext | undefined,
  principals: PrincipalStore | undefined,
): Promise<Caller | undefined> {
  if (operation.scope === 'public') {
    return authorizer?.jwt ? callerOfClaims(authorizer.jwt.claims) : undefined;
  }
  const caller = authorizer?.jwt
    ? callerOfClaims(authorizer.jwt.claims)
    : await callerFromPrincipal(authorizer?.iam?.userArn, principals);
  if (!caller) {
    throw new AppError('unauthenticated', 'Send a token that names a tenant and a subject, and expires.');
  }
  if (operation.scope !== 'authenticated' && !caller.scopes.has(operation.scope)) {
    throw new AppError('insufficient_scope', `This operation needs the scope ${operation.scope}.`, {
      details: { scope: operation.scope },
    });
  }
  return caller;
}

async function callerFromPrincipal(
  userArn: string | undefined,
  principals: PrincipalStore | undefined,
): Promise<Caller | undefined> {
  if (userArn === undefined) return undefined;
  if (!principals) throw new AppError('forbidden', 'This function takes tokens only, no IAM principals.');
  return callerOfPrincipal(userArn, { principals });
}
