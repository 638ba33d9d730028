import { describe, expect, it } from 'vitest';
import type { ApiKeyStore } from '../../shared/access/ports.ts';
import type { ApiKeyRecord } from '../../shared/contracts/identity/operations.ts';
import { newId } from '../../shared/kernel/ids.ts';

/** What every store of API keys must do. Tenants are named anew by each test, so that a store may be shared. */
export function describeApiKeys(name: string, make: () => ApiKeyStore | Promise<ApiKeyStore>): void {
  const hash = 'a'.repeat(64);
  const key = (tenantId: string, fields: Partial<ApiKeyRecord> = {}): ApiKeyRecord => ({
    id: `sk_${newId().replaceAll('-', '')}`,
    tenantId,
    name: 'ci',
    scopes: ['memory:read', 'memory:write'],
    createdAt: '2026-03-01T10:00:00.000Z',
    createdBy: 'operator',
    ...fields,
  });
  const tenant = () => `tenant-${newId()}`;

  describe(`ApiKeyStore: ${name}`, () => {
    it('lists a key as it was inserted, without its hash', async () => {
      const store = await make();
      const bare = key(tenant());
      const expiring = key(tenant(), { scopes: ['*'], expiresAt: '2027-01-01T00:00:00.000Z' });
      await store.insert(bare, hash);
      await store.insert(expiring, hash);
      expect(await store.list(bare.tenantId)).toEqual([bare]);
      expect(await store.list(expiring.tenantId)).toEqual([expiring]);
    });

    it('lists oldest first', async () => {
      const store = await make();
      const tenantId = tenant();
      const late = key(tenantId, { name: 'late', createdAt: '2026-03-02T00:00:00.000Z' });
      const early = key(tenantId, { name: 'early' });
      await store.insert(late, hash);
      await store.insert(early, hash);
      expect((await store.list(tenantId)).map((entry) => entry.name)).toEqual(['early', 'late']);
    });

    it.each([
      ['1', '10'],
      ['a', 'A'],
      ['a', 'a '],
      ['a%', 'ab'],
      ['a_', 'ab'],
      ['\u00e9', 'e\u0301'],
    ])('keeps tenant %j apart from %j', async (one, other) => {
      const store = await make();
      const prefix = tenant();
      const mine = key(prefix + one);
      await store.insert(mine, hash);
      expect(await store.list(prefix + other)).toEqual([]);
      expect(await store.revoke(prefix + other, mine.id, '2026-03-03T00:00:00.000Z')).toBeUndefined();
      expect(await store.list(prefix + one)).toEqual([mine]);
    });

    it('finds a key for login without knowing its tenant', async () => {
      const store = await make();
      const wanted = key(tenant());
      await store.insert(wanted, hash);
      await store.insert(key(tenant()), 'b'.repeat(64));
      expect(await store.findForLogin(wanted.id)).toEqual({ key: wanted, secretHash: hash });
    });

    it('finds nothing under an unknown id or a pattern', async () => {
      const store = await make();
      await store.insert(key(tenant()), hash);
      expect(await store.findForLogin('sk_%')).toBeUndefined();
      expect(await store.findForLogin("sk_' or true --")).toBeUndefined();
    });

    it('revokes once: the first time stays, in every answer', async () => {
      const store = await make();
      const wanted = key(tenant());
      await store.insert(wanted, hash);
      const revoked = { ...wanted, revokedAt: '2026-03-03T00:00:00.000Z' };
      expect(await store.revoke(wanted.tenantId, wanted.id, '2026-03-03T00:00:00.000Z')).toEqual(revoked);
      expect(await store.revoke(wanted.tenantId, wanted.id, '2026-03-04T00:00:00.000Z')).toEqual(revoked);
      expect(await store.list(wanted.tenantId)).toEqual([revoked]);
      expect((await store.findForLogin(wanted.id))?.key).toEqual(revoked);
    });

    it('answers undefined when it is to revoke what is not there', async () => {
      const store = await make();
      expect(await store.revoke(tenant(), 'sk_none', '2026-03-03T00:00:00.000Z')).toBeUndefined();
    });

    it('does not let a caller change what it keeps', async () => {
      const store = await make();
      const wanted = key(tenant());
      await store.insert(wanted, hash);
      (await store.list(wanted.tenantId))[0]!.scopes.push('*');
      expect(await store.list(wanted.tenantId)).toEqual([wanted]);
    });
  });
}
