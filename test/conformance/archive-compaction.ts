import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import type { ArchivePolicy, CatalogueEntry } from '../../shared/lifecycle/ports.ts';
import { archivePack, entryBytes } from '../support/archive-pack.ts';
import { archivePolicy } from '../support/archive-policy.ts';
import { applied, newTenant, stored, writeOf } from '../support/store-writes.ts';
import type { MakeStores, Stores } from '../support/stores.ts';

const day = 86_400;
const roomy = 1_000_000;

/** What every catalogue of the archive must do when packs are mostly dead. */
export function describeArchiveCompaction(name: string, make: MakeStores): void {
  describe(`ArchiveCatalogue, compaction: ${name}`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });

    /** A pack of so many memories, with what `begin` answered of each. */
    async function pack(count: number, tenantId = tenant) {
      const writes = Array.from({ length: count }, () => writeOf());
      const ids = (await applied(stores.memories, tenantId, writes)).map(({ id }) => id);
      const { packId, sources, moved } = await archivePack(stores, tenantId, ids);
      expect(moved).toHaveLength(count);
      return { packId, ids, sources };
    }
    const erase = (...ids: string[]) =>
      stores.memories.erase({ tenantId: tenant, items: ids.map((id) => ({ id })) });
    /** A pack of which the given number of memories is left. */
    async function sparse(count: number, left: number) {
      const { packId, ids, sources } = await pack(count);
      await erase(...ids.slice(left));
      return { packId, ids: ids.slice(0, left), sources };
    }
    const found = async (changed: Partial<ArchivePolicy> = {}, maxBytes = roomy) => {
      const given = { ...archivePolicy, ...changed };
      const all = await stores.archiveCatalogue.sparse(given, maxBytes, 1_000);
      return all.filter(({ tenantId }) => tenantId === tenant).map(({ packIds }) => packIds);
    };
    const packed = (entries: CatalogueEntry[]) =>
      entries.map(({ dataKey: _, archivedAt: __, ...entry }, index) => ({
        ...entry,
        offset: 1_000 + index * entryBytes,
      }));
    const placeOf = async (id: string) => {
      const [entry] = await stores.archiveCatalogue.entries(tenant, id);
      return entry && [entry.packId, entry.offset, entry.length];
    };

    it('finds packs of which less is alive than the policy says, oldest first', async () => {
      const [full, half, third] = [await pack(2), await sparse(4, 2), await sparse(3, 1)];
      await sparse(2, 0);
      expect(await found()).toEqual([[third.packId]]);
      expect(await found({ compactBelow: 0.51 })).toEqual([[half.packId, third.packId]]);
      expect(await found({ compactBelow: 0.3 })).toEqual([]);
      expect(await found({ compactBelow: 0 })).toEqual([]);
      const restored = { ...full.sources[0]!, entries: 1 };
      expect(await stores.archiveCatalogue.restore(tenant, restored)).toBe('warm');
      expect(await found({ compactBelow: 0.51 })).toEqual([[full.packId, half.packId, third.packId]]);
    });

    it('puts together what fits into a new one, and waits for enough', async () => {
      const [a, b, c] = [await sparse(3, 1), await sparse(5, 2), await sparse(3, 1)];
      expect(await found({}, 250)).toEqual([[a.packId, b.packId], [c.packId]]);
      expect(await found({ minPackMemories: 3 }, 250)).toEqual([[a.packId, b.packId]]);
      expect(await found({ minPackMemories: 4 })).toEqual([[a.packId, b.packId, c.packId]]);
      expect(await found({ minPackMemories: 5 })).toEqual([]);
    });

    it('leaves packs of an age at which that costs more than it saves, and damaged ones', async () => {
      const { packId, ids } = await sparse(3, 1);
      const compactAges = [
        { fromDays: 0, toDays: 30 },
        { fromDays: 120, toDays: 180 },
      ];
      const at = async (days: number) => {
        await stores.elapse(tenant, days * day);
        return found({ compactAges });
      };
      expect(await found({ compactAges })).toEqual([[packId]]);
      expect(await at(31)).toEqual([]);
      expect(await at(90)).toEqual([[packId]]);
      expect(await at(60)).toEqual([]);
      expect(await found({ compactAges: [] })).toEqual([]);
      expect(await found()).toEqual([[packId]]);
      await stores.archiveCatalogue.markDamaged(tenant, { memoryId: ids[0]!, version: 1, packId });
      expect(await found()).toEqual([]);
    });

    it('moves entries as they are, and lets the packs go that they came from', async () => {
      const [a, b] = [await sparse(3, 1), await sparse(3, 1)];
      const [before] = await stores.archiveCatalogue.entries(tenant, a.ids[0]!);
      const target = newId();
      const entries = await stores.archiveCatalogue.beginMove(tenant, target, [a.packId, b.packId]);
      expect(entries.map(({ memoryId }) => memoryId)).toEqual([a.ids[0], b.ids[0]]);
      expect(await stores.archiveCatalogue.discard(tenant, a.packId)).toBe(false);
      expect(await stores.archiveCatalogue.completeMove(tenant, target, packed(entries))).toBe(2);
      expect(await placeOf(a.ids[0]!)).toEqual([target, 1_000, entryBytes]);
      expect(await placeOf(b.ids[0]!)).toEqual([target, 1_100, entryBytes]);
      const [after] = await stores.archiveCatalogue.entries(tenant, a.ids[0]!);
      expect({ ...after, packId: '', offset: 0 }).toEqual({ ...before, packId: '', offset: 0 });
      const unused = await stores.archiveCatalogue.unused(1_000);
      expect(unused).toEqual(
        expect.arrayContaining([a, b].map(({ packId }) => ({ tenantId: tenant, packId }))),
      );
      expect(unused).not.toContainEqual({ tenantId: tenant, packId: target });
      expect(await found()).toEqual([]);
      expect(await stores.archiveCatalogue.completeMove(tenant, target, packed(entries))).toBe(0);
      // what moved is restored as before, and the new pack is sparse in its turn
      await erase(b.ids[0]!);
      expect(await found({ compactBelow: 0.51 })).toEqual([[target]]);
      expect(await stores.archiveCatalogue.restore(tenant, { ...a.sources[0]!, entries: 1 })).toBe('warm');
    });

    it('moves nothing that was erased, restored, archived anew or moved meanwhile', async () => {
      const { packId, ids, sources } = await pack(5);
      const [erased, restored, again, moved, left] = ids as [string, string, string, string, string];
      const [first, second] = [newId(), newId()];
      const entries = await stores.archiveCatalogue.beginMove(tenant, first, [packId]);
      await erase(erased);
      for (const id of [restored, again]) {
        const source = sources.find(({ memoryId }) => memoryId === id)!;
        expect(await stores.archiveCatalogue.restore(tenant, { ...source, entries: 1 })).toBe('warm');
      }
      const anew = newId();
      await stores.elapse(tenant, 1);
      const [source] = await stores.archiveCatalogue.begin(tenant, anew, [again], roomy);
      const excerpt = { content: 'The …', partial: true };
      const place = { memoryId: again, version: source!.version, offset: 7, length: 9 };
      const key = randomBytes(32);
      // a restored memory counts as read; the pack that it is archived into began after
      await stores.elapse(tenant, 1);
      expect(
        await stores.archiveCatalogue.complete(tenant, anew, [{ ...place, dataKey: key, excerpt }]),
      ).toEqual([again]);
      const others = await stores.archiveCatalogue.beginMove(tenant, second, [packId]);
      const one = packed(others).filter(({ memoryId }) => memoryId === moved);
      expect(await stores.archiveCatalogue.completeMove(tenant, second, one)).toBe(1);

      expect(await stores.archiveCatalogue.completeMove(tenant, first, packed(entries))).toBe(1);
      expect(await placeOf(erased)).toBeUndefined();
      expect(await placeOf(restored)).toBeUndefined();
      expect(await placeOf(again)).toEqual([anew, 7, 9]);
      expect(await placeOf(moved)).toEqual([second, 1_000, entryBytes]);
      expect((await placeOf(left))?.[0]).toBe(first);
    });

    it('begins nothing without an entry, completes nothing that was given up, and keeps tenants apart', async () => {
      const { packId, ids } = await pack(1);
      const target = newId();
      expect(await stores.archiveCatalogue.beginMove(`${tenant} `, target, [packId])).toEqual([]);
      const packs = (await stores.archiveCatalogue.overview()).packs;
      expect(await stores.archiveCatalogue.beginMove(tenant, newId(), [newId()])).toEqual([]);
      expect((await stores.archiveCatalogue.overview()).packs).toBe(packs);

      const entries = await stores.archiveCatalogue.beginMove(tenant, target, [packId]);
      expect(await stores.archiveCatalogue.completeMove(`${tenant} `, target, packed(entries))).toBe(0);
      await stores.archiveCatalogue.abandon(tenant, target);
      expect(await stores.archiveCatalogue.completeMove(tenant, target, packed(entries))).toBe(0);
      expect((await placeOf(ids[0]!))?.[0]).toBe(packId);

      const late = newId();
      await stores.archiveCatalogue.beginMove(tenant, late, [packId]);
      await stores.elapse(tenant, 3_601);
      expect(await stores.archiveCatalogue.discard(tenant, late)).toBe(true);
      expect(await stores.archiveCatalogue.completeMove(tenant, late, packed(entries))).toBe(0);
      expect(await stored(stores.memories, tenant, { id: ids[0]! })).toMatchObject({ version: 2 });
    });
  });
}
