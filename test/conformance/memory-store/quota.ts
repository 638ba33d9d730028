import { beforeEach, describe, expect, it } from 'vitest';
import { newTenant, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

const quota = 3;

export function describeQuota(name: string, make: MakeStores): void {
  describe(`MemoryStore: ${name}: the quota of memories kept`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make({ quota });
      tenant = newTenant();
    });

    const write = async (...externalIds: string[]) => {
      const writes = externalIds.map((externalId) => writeOf({ externalId }));
      return (await stores.memories.write({ tenantId: tenant, actor: 'tester', writes })).outcomes;
    };
    const answers = async (...externalIds: string[]) =>
      (await write(...externalIds)).map((outcome) => (outcome.ok ? 'stored' : outcome.code));
    const idOf = async (externalId: string) => {
      const ids = await stores.memories.resolve(tenant, [externalId]);
      return ids.get(externalId) ?? '';
    };
    const softDelete = async (externalId: string) => {
      const [memory] = await stores.memories.get(tenant, [await idOf(externalId)]);
      const { outcomes } = await stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        writes: [
          writeOf(
            { id: memory?.id ?? '', externalId, deletedAt: '2026-01-01T00:00:00.000Z' },
            { kind: 'deleted' },
          ),
        ],
      });
      expect(outcomes).toMatchObject([{ ok: true }]);
    };

    it('refuses each item beyond it, with its name, and stores the others', async () => {
      expect(await answers('a', 'b', 'c', 'd', 'e')).toEqual([
        'stored',
        'stored',
        'stored',
        'quota_exceeded',
        'quota_exceeded',
      ]);
      expect(await write('f')).toEqual([
        {
          ok: false,
          code: 'quota_exceeded',
          detail: expect.stringMatching(/delete some, or ask the operator/),
          details: { limit: 'memories-kept' },
        },
      ]);
      expect(await stores.memories.resolve(tenant, ['d', 'e', 'f'])).toEqual(new Map());
      expect(await stores.usage(tenant)).toBe(quota);
    });

    it('lets what is kept be changed', async () => {
      await write('a', 'b', 'c');
      expect(await answers('a', 'd', 'b')).toEqual(['stored', 'quota_exceeded', 'stored']);
      expect(await stores.usage(tenant)).toBe(quota);
    });

    it('has room again for what is deleted, and none for what comes back', async () => {
      await write('a', 'b', 'c');
      await softDelete('b');
      expect(await stores.usage(tenant)).toBe(2);
      expect(await answers('d')).toEqual(['stored']);
      expect(await answers('b')).toEqual(['quota_exceeded']);
      expect(await stores.usage(tenant)).toBe(quota);
    });

    it('counts what comes back', async () => {
      await write('a');
      await softDelete('a');
      expect(await stores.usage(tenant)).toBe(0);
      expect(await answers('a')).toEqual(['stored']);
      expect(await stores.usage(tenant)).toBe(1);
    });

    it('has room again for what is erased, once', async () => {
      await write('a', 'b', 'c');
      const id = await idOf('a');
      await stores.memories.erase({ tenantId: tenant, items: [{ id }] });
      await stores.memories.erase({ tenantId: tenant, items: [{ id }] });
      expect(await stores.usage(tenant)).toBe(2);
      await softDelete('b');
      const other = (await stores.memories.query(tenant, everything)).memories.find(
        ({ externalId }) => externalId === 'b',
      );
      await stores.memories.erase({ tenantId: tenant, items: [{ id: other?.id ?? '' }] });
      expect(await stores.usage(tenant)).toBe(1);
      expect(await answers('d', 'e', 'f')).toEqual(['stored', 'stored', 'quota_exceeded']);
    });

    it('is as large for another tenant, whatever its name', async () => {
      await write('a', 'b', 'c');
      tenant = `${tenant}0`;
      expect(await answers('a', 'b', 'c', 'd')).toEqual(['stored', 'stored', 'stored', 'quota_exceeded']);
    });

    it('holds no key for a write that it refused, so that it may succeed later', async () => {
      await write('a', 'b', 'c');
      const request = {
        tenantId: tenant,
        actor: 'tester',
        idempotency: { key: 'k', requestHash: 'h' },
        writes: [writeOf({ externalId: 'd' })],
      };
      expect((await stores.memories.write(request)).outcomes).toMatchObject([{ code: 'quota_exceeded' }]);
      await stores.memories.erase({ tenantId: tenant, items: [{ id: await idOf('a') }] });
      expect((await stores.memories.write(request)).outcomes).toMatchObject([{ ok: true }]);
      expect((await stores.memories.write(request)).replayed).toBe(true);
      expect(await stores.usage(tenant)).toBe(quota);
    });

    it('is not exceeded by many who write at once', async () => {
      const written = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => answers(id)));
      expect(written.flat().filter((answer) => answer === 'stored')).toHaveLength(quota);
      expect(await stores.usage(tenant)).toBe(quota);
    });
  });
}

const everything = {
  scope: {},
  sort: [{ field: 'createdAt', order: 'asc' }],
  limit: 10,
  includeDeleted: true,
} as never;
