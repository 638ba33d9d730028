import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKey } from '../../../shared/access/create-key.ts';
import { inMemoryApiKeyStore } from '../../../shared/adapters/in-memory/api-keys.ts';
import { roles, scopes } from '../../../shared/contracts/scopes.ts';
import { at, callerWith } from './support.ts';

const clock = at('2026-03-01T10:00:00.000Z');

describe('createKey', () => {
  it("gives a key of the creator's tenant and a secret that only its hash recalls", async () => {
    const apiKeys = inMemoryApiKeyStore();
    const { key, secret } = await createKey({ name: 'ci', scopes: ['memory:read'] }, callerWith('*'), {
      apiKeys,
      clock,
    });
    expect(key).toEqual({
      id: expect.stringMatching(/^sk_[0-9a-f]{32}$/),
      tenantId: 'acme',
      name: 'ci',
      scopes: ['memory:read'],
      createdAt: '2026-03-01T10:00:00.000Z',
      createdBy: 'key:sk_creator',
    });
    expect(secret).toMatch(new RegExp(`^strata_${key.id}_[A-Za-z0-9_-]{43}$`));
    const stored = await apiKeys.findForLogin(key.id);
    expect(stored?.secretHash).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(JSON.stringify(stored)).not.toContain(secret.slice(-43));
  });

  it('never gives the same secret twice', async () => {
    const deps = { apiKeys: inMemoryApiKeyStore(), clock };
    const body = { name: 'ci', role: 'reader' } as const;
    const made = await Promise.all(Array.from({ length: 50 }, () => createKey(body, callerWith('*'), deps)));
    expect(new Set(made.map(({ secret }) => secret.slice(-43))).size).toBe(50);
  });

  it.each(Object.entries(roles))('turns the role %s into its scopes', async (role, expected) => {
    const { key } = await createKey({ name: 'ci', role: role as keyof typeof roles }, callerWith('*'), {
      apiKeys: inMemoryApiKeyStore(),
      clock,
    });
    expect(key.scopes).toEqual(expected);
  });

  it.each([
    ['one more than the creator has', ['memory:read', 'memory:write'] as const, ['memory:write']],
    ['all by name', scopes, scopes.filter((scope) => scope !== 'memory:read' && scope !== 'keys:write')],
    [
      'all by star',
      ['*'] as const,
      scopes.filter((scope) => scope !== 'memory:read' && scope !== 'keys:write'),
    ],
  ])('refuses scopes beyond those of the creator: %s', async (_, requested, missing) => {
    const apiKeys = inMemoryApiKeyStore();
    const creator = callerWith('memory:read', 'keys:write');
    await expect(
      createKey({ name: 'ci', scopes: [...requested] }, creator, { apiKeys, clock }),
    ).rejects.toMatchObject({ code: 'insufficient_scope', details: { missing } });
    expect(await apiKeys.list('acme')).toEqual([]);
  });

  it('allows a star to who has every scope by name', async () => {
    const deps = { apiKeys: inMemoryApiKeyStore(), clock };
    const { key } = await createKey({ name: 'ci', scopes: ['*'] }, callerWith(...scopes), deps);
    expect(key.scopes).toEqual(['*']);
  });

  it.each(['2026-03-01T09:59:59.999Z', '2026-03-01T10:00:00.000Z'])(
    'refuses an expiry that is over: %s',
    async (expiresAt) => {
      const deps = { apiKeys: inMemoryApiKeyStore(), clock };
      await expect(
        createKey({ name: 'ci', role: 'reader', expiresAt }, callerWith('*'), deps),
      ).rejects.toMatchObject({ code: 'validation_failed' });
    },
  );
});
