import { expect, it } from 'vitest';
import { createKey } from '../../../shared/access/create-key.ts';
import { revokeKey } from '../../../shared/access/revoke-key.ts';
import { inMemoryApiKeyStore } from '../../../shared/adapters/in-memory/api-keys.ts';
import { at, callerWith } from './support.ts';

const clock = at('2026-03-01T10:00:00.000Z');

it('revokes a key of the own tenant', async () => {
  const deps = { apiKeys: inMemoryApiKeyStore(), clock };
  const { key } = await createKey({ name: 'ci', role: 'reader' }, callerWith('*'), deps);
  expect(await revokeKey(key.id, callerWith('keys:write'), deps)).toEqual({
    ...key,
    revokedAt: '2026-03-01T10:00:00.000Z',
  });
});

it('does not find a key of another tenant, and leaves it alone', async () => {
  const deps = { apiKeys: inMemoryApiKeyStore(), clock };
  const { key } = await createKey({ name: 'ci', role: 'reader' }, callerWith('*'), deps);
  const stranger = { ...callerWith('*'), tenantId: 'acme2' };
  await expect(revokeKey(key.id, stranger, deps)).rejects.toMatchObject({ code: 'not_found' });
  expect((await deps.apiKeys.findForLogin(key.id))?.key).toEqual(key);
});
