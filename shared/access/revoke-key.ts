import type { Caller } from '../contracts/caller.ts';
import type { ApiKeyRecord } from '../contracts/identity/operations.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { ApiKeyStore } from './ports.ts';

/**
 * Revokes a key of the caller's tenant: it gives no more tokens, and those it gave end within 15 minutes.
 * Revoking it again changes nothing. @throws AppError `not_found`, for a key of another tenant too.
 */
export async function revokeKey(
  id: string,
  caller: Caller,
  { apiKeys, clock }: { apiKeys: ApiKeyStore; clock: Clock },
): Promise<ApiKeyRecord> {
  const key = await apiKeys.revoke(caller.tenantId, id, clock.now().toISOString());
  if (key === undefined) throw new AppError('not_found', 'There is no API key with this id.');
  return key;
}
