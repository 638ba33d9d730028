import type * as z from 'zod';
import type { Caller } from '../contracts/caller.ts';
import type { ApiKeyRecord, createKeyBody } from '../contracts/identity/operations.ts';
import { roles } from '../contracts/scopes.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { hashApiKey, newApiKey } from './api-key-secret.ts';
import { expandGrants, type Grant } from './grants.ts';
import type { ApiKeyStore } from './ports.ts';

/**
 * Creates an API key of the caller's tenant. The secret is in this answer alone.
 * @throws AppError `insufficient_scope` when the key would have a scope that its creator lacks: otherwise
 *   whoever may write keys could write one that may do anything. `validation_failed` for an expiry in the past.
 */
export async function createKey(
  body: z.output<typeof createKeyBody>,
  caller: Caller,
  { apiKeys, clock }: { apiKeys: ApiKeyStore; clock: Clock },
): Promise<{ key: ApiKeyRecord; secret: string }> {
  const requested: readonly Grant[] = body.role === undefined ? (body.scopes ?? []) : roles[body.role];
  const missing = [...expandGrants(requested)].filter((scope) => !caller.scopes.has(scope));
  if (missing.length > 0) {
    throw new AppError('insufficient_scope', 'A key cannot be given scopes that its creator does not have.', {
      details: { missing },
    });
  }
  const now = clock.now().toISOString();
  if (body.expiresAt !== undefined && body.expiresAt <= now) {
    throw new AppError('validation_failed', 'The expiry of a key must be in the future.', {
      details: { issues: [{ path: 'body.expiresAt', message: 'must be in the future' }] },
    });
  }
  const { id, secret } = newApiKey();
  const key: ApiKeyRecord = {
    id,
    tenantId: caller.tenantId,
    name: body.name,
    scopes: [...new Set(requested)],
    createdAt: now,
    createdBy: caller.subject,
    ...(body.expiresAt !== undefined && { expiresAt: body.expiresAt }),
  };
  await apiKeys.insert(key, hashApiKey(secret));
  return { key, secret };
}
