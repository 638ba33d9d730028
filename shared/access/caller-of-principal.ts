import type { Caller } from '../contracts/caller.ts';
import { AppError } from '../kernel/app-error.ts';
import { expandGrants } from './grants.ts';
import type { PrincipalStore } from './ports.ts';
import { principalArn } from './principal-arn.ts';

/**
 * Who an IAM-signed request comes from. AWS has verified the signature; which tenant the principal belongs to
 * and what it may do are rows of this service.
 *
 * @param userArn `requestContext.authorizer.iam.userArn` of the event.
 * @throws AppError `forbidden` for a principal that has no row.
 */
export async function callerOfPrincipal(
  userArn: string,
  { principals }: { principals: PrincipalStore },
): Promise<Caller> {
  const subject = principalArn(userArn);
  const found = subject === undefined ? undefined : await principals.find(subject);
  if (subject === undefined || found === undefined) {
    throw new AppError('forbidden', 'This IAM principal belongs to no tenant; an administrator can add it.');
  }
  return { tenantId: found.tenantId, subject, scopes: expandGrants(found.scopes) };
}
