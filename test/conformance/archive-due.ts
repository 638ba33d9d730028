import { beforeEach, describe, expect, it } from 'vitest';
import type { ArchivePolicy } from '../../shared/lifecycle/ports.ts';
import { archivePack } from '../support/archive-pack.ts';
import { archivePolicy } from '../support/archive-policy.ts';
import { newTenant, stored, testSpace } from '../support/store-writes.ts';
import type { MakeStores, Stores } from '../support/stores.ts';

const day = 86_400;

/** What every catalogue of the archive must find due, and let wait. */
export function describeArchiveDue(name: string, make: MakeStores): void {
  describe(`ArchiveCatalogue, due: ${name}`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });

    const due = async (changed: Partial<ArchivePolicy> = {}) => {
      const given = { ...archivePolicy, ...changed };
      const found = await stores.archiveCatalogue.due(tenant, given, 10_000);
      if (found.length > 0) expect(await stores.archiveCatalogue.tenantsDue(given)).toContain(tenant);
      return found;
    };

    it('finds due what nobody has changed or read for long, and none of what goes or stays by itself', async () => {
      const old = await stored(stores.memories, tenant);
      const read = await stored(stores.memories, tenant);
      await stored(stores.memories, tenant, { importance: 0.8 });
      await stored(stores.memories, tenant, { type: 'working' });
      await stored(stores.memories, tenant, { expiresAt: '2099-01-01T00:00:00.000Z' });
      await stored(stores.memories, tenant, { deletedAt: '2026-02-01T00:00:00.000Z' });
      await stored(
        stores.memories,
        tenant,
        {},
        { embedding: { space: testSpace, values: null, pending: true } },
      );
      expect(await due()).toEqual([]);
      await stores.elapse(tenant, 89 * day);
      await stores.memories.get(tenant, [read.id]);
      await stores.elapse(tenant, 2 * day);
      expect(await due()).toEqual([old.id]);
      await stores.elapse(tenant, 90 * day);
      expect((await due()).toSorted()).toEqual([old.id, read.id].toSorted());
    });

    it('lets few due memories wait for more, and for so many days', async () => {
      const [first, second] = [await stored(stores.memories, tenant), await stored(stores.memories, tenant)];
      await stored(stores.memories, tenant, { importance: 0.9 });
      await stores.elapse(tenant, 91 * day);
      const third = await stored(stores.memories, tenant);
      const waiting = { minPackMemories: 3 };
      expect(await due(waiting)).toEqual([]);
      expect(await stores.archiveCatalogue.tenantsDue({ ...archivePolicy, ...waiting })).not.toContain(
        tenant,
      );
      expect(await due({ minPackMemories: 2 })).toEqual([first.id, second.id]);
      expect(await due({ ...waiting, waitDays: 0 })).toEqual([first.id, second.id]);

      await stores.memories.get(tenant, [first.id]);
      expect(await due({ minPackMemories: 2 })).toEqual([]);
      await stores.elapse(tenant, 30 * day);
      expect(await due(waiting)).toEqual([second.id]);
      await archivePack(stores, tenant, [second.id]);
      await stores.elapse(tenant, 61 * day);
      expect(await due(waiting)).toEqual([]);
      expect(await due({ minPackMemories: 2 })).toEqual([first.id, third.id]);
      await stores.elapse(tenant, 30 * day);
      expect(await due(waiting)).toEqual([first.id, third.id]);
    });

    it('names of tenants those that wait longest first', async () => {
      const other = newTenant();
      await stored(stores.memories, other);
      await stores.elapse(other, 92 * day);
      await stored(stores.memories, tenant);
      await stores.elapse(tenant, 91 * day);
      const named = await stores.archiveCatalogue.tenantsDue(archivePolicy);
      expect(named.filter((one) => one === tenant || one === other)).toEqual([other, tenant]);
    });
  });
}
