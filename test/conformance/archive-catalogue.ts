import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import type { PackSource } from '../../shared/lifecycle/ports.ts';
import { archivePack, entriesOf } from '../support/archive-pack.ts';
import { archivePolicy } from '../support/archive-policy.ts';
import { applied, keyOf, newTenant, stored, writeOf } from '../support/store-writes.ts';
import type { MakeStores, Stores } from '../support/stores.ts';

const day = 86_400;
const roomy = 1_000_000;

/** What every catalogue of the archive must do, beside the memories of the same database. */
export function describeArchiveCatalogue(name: string, make: MakeStores): void {
  describe(`ArchiveCatalogue: ${name}`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });

    const archive = (...ids: string[]) => archivePack(stores, tenant, ids);
    const restore = (source: PackSource, entries = 1) =>
      stores.archiveCatalogue.restore(tenant, { ...source, entries });
    const get = async (id: string, options = {}) =>
      (await stores.memories.get(tenant, [id], { uncounted: true, ...options }))[0];

    it('gives a pack the whole history and the vector, and no memory to two packs', async () => {
      const { id } = await stored(stores.memories, tenant, {}, { callerEmbedding: [3, 4] });
      await stored(stores.memories, tenant, { id, content: 'later' }, { kind: 'updated', reason: 'why' });
      const first = newId();
      const [source] = await stores.archiveCatalogue.begin(tenant, first, [id, newId()], roomy);
      expect(source).toMatchObject({
        memoryId: id,
        version: 2,
        versions: [
          { version: 1, operation: 'created', changedBy: 'tester', state: { id } },
          { version: 2, operation: 'updated', reason: 'why', state: { content: 'later' } },
        ],
      });
      // 0.6 and 0.8 as halves
      expect(Buffer.from(source!.vector!).toString('hex')).toBe('38cd3a66');
      expect(await stores.archiveCatalogue.begin(tenant, newId(), [id], roomy)).toEqual([]);
      await stores.archiveCatalogue.abandon(tenant, first);
      expect(await stores.archiveCatalogue.begin(tenant, newId(), [id], roomy)).toHaveLength(1);
    });

    it('fills a pack with as much as fits, and with one memory at least', async () => {
      const outcomes = await applied(stores.memories, tenant, [writeOf(), writeOf(), writeOf()]);
      const ids = outcomes.map(({ id }) => id);
      const begin = (maxBytes: number) => stores.archiveCatalogue.begin(tenant, newId(), ids, maxBytes);
      expect((await begin(1)).map(({ memoryId }) => memoryId)).toEqual([ids[0]]);
      expect((await begin(roomy)).map(({ memoryId }) => memoryId)).toEqual(ids.slice(1));
    });

    it('leaves of a cold memory what finds it, an excerpt, and its version', async () => {
      const { id } = await stored(
        stores.memories,
        tenant,
        { content: 'The whole content.', tags: ['a'], metadata: { k: 1 }, externalId: 'x' },
        { callerEmbedding: [1, 0] },
      );
      const before = await get(id);
      const { moved, packId, entries } = await archive(id);
      expect(moved).toEqual([id]);
      const { archived, ...cold } = (await get(id))!;
      expect(cold).toEqual({ ...before, tier: 'cold', content: 'The …' });
      expect(archived).toEqual({ at: expect.stringMatching(/Z$/), excerpt: true });
      expect(await stores.memories.versions(tenant, id, { limit: 10 })).toEqual([]);
      expect(await get(id, { embedding: true })).not.toHaveProperty('embedding');
      const { excerpt: _, ...entry } = entries[0]!;
      const [known] = await stores.archiveCatalogue.entries(tenant, id);
      expect({ ...known, dataKey: Buffer.from(known!.dataKey).toString('hex') }).toEqual({
        ...entry,
        dataKey: Buffer.from(entry.dataKey).toString('hex'),
        packId,
        archivedAt: expect.any(String),
      });
      await stores.elapse(tenant, 200 * day);
      expect(await stores.archiveCatalogue.due(tenant, archivePolicy, 10_000)).toEqual([]);
      expect((await stores.syncState.read(tenant, [id]))[0]).toMatchObject({ version: 1, deleted: false });
    });

    it('leaves warm what was changed, read, deleted or erased since the pack began, and the rest goes', async () => {
      const writes = Array.from({ length: 5 }, () => writeOf());
      const ids = (await applied(stores.memories, tenant, writes)).map(({ id }) => id);
      const [changed, read, deleted, erased, untouched] = ids as [string, string, string, string, string];
      const packId = newId();
      const sources = await stores.archiveCatalogue.begin(tenant, packId, ids, roomy);
      await stored(stores.memories, tenant, { id: changed }, { kind: 'updated' });
      await stores.memories.get(tenant, [read]);
      const deletedAt = '2026-02-01T00:00:00.000Z';
      await stored(stores.memories, tenant, { id: deleted, deletedAt }, { kind: 'deleted' });
      await stores.memories.erase({ tenantId: tenant, items: [{ id: erased }] });
      const complete = () => stores.archiveCatalogue.complete(tenant, packId, entriesOf(sources));
      expect(await complete()).toEqual([untouched]);
      expect((await get(read))?.tier).toBe('warm');
      expect(await stores.archiveCatalogue.entries(tenant, changed)).toEqual([]);
      expect(await stores.memories.versions(tenant, changed, { limit: 10 })).toHaveLength(2);
      expect(await complete()).toEqual([]);
    });

    it('brings a memory back as it was, to the bit, and counts that as an access', async () => {
      const { id } = await stored(
        stores.memories,
        tenant,
        { content: 'The whole.' },
        { callerEmbedding: [0.1, -7] },
      );
      await stored(stores.memories, tenant, { id, content: 'The whole, again.' }, { kind: 'updated' });
      const [before, versions] = [
        await get(id, { embedding: true }),
        await stores.memories.versions(tenant, id, { limit: 9 }),
      ];
      const { sources } = await archive(id);
      expect(await restore(sources[0]!)).toBe('warm');
      expect(await get(id, { embedding: true })).toEqual({
        ...before,
        accessCount: 1,
        lastAccessedAt: expect.any(String),
      });
      expect(await stores.memories.versions(tenant, id, { limit: 9 })).toEqual(versions);
      expect(await stores.archiveCatalogue.entries(tenant, id)).toEqual([]);
      expect(await restore(sources[0]!)).toBe('warm');
      expect(await get(id)).toMatchObject({ accessCount: 1 });
      const again = await archive(id);
      expect(again.sources).toEqual(sources);
    });

    it('takes a cold memory that is stored again as warm, and keeps what was before it', async () => {
      const fields = { externalId: 'x', content: 'first' };
      const { id } = await stored(stores.memories, tenant, fields, { callerEmbedding: [0, 2] });
      const first = await archive(id);
      const written = await stored(stores.memories, tenant, { externalId: 'x', content: 'second' });
      expect(written).toMatchObject({ id, version: 2, created: false });
      expect(await get(id, { embedding: true })).toMatchObject({
        tier: 'warm',
        content: 'second',
        embedding: [0, 1],
      });
      expect(await get(id)).not.toHaveProperty('archived');
      expect(await stores.archiveCatalogue.entries(tenant, id)).toMatchObject([{ version: 1 }]);
      expect(await restore(first.sources[0]!)).toBe('warm');
      expect(await get(id)).toMatchObject({ content: 'second' });

      const second = await archive(id);
      expect(second.sources[0]!.versions).toMatchObject([{ version: 2 }]);
      expect(await stores.archiveCatalogue.entries(tenant, id)).toMatchObject([
        { version: 1 },
        { version: 2 },
      ]);
      const versions = [...first.sources[0]!.versions, ...second.sources[0]!.versions];
      expect(await restore({ ...second.sources[0]!, versions }, 1)).toBe('moved');
      expect(await restore({ ...second.sources[0]!, versions }, 2)).toBe('warm');
      expect(await stores.memories.versions(tenant, id, { limit: 9 })).toMatchObject([
        { version: 2 },
        { version: 1 },
      ]);
      expect((await get(id))?.createdAt).toBe(versions[0]!.changedAt);
    });

    it('deletes a cold memory softly without its content, and then restores it no more', async () => {
      const { id } = await stored(stores.memories, tenant);
      const { sources } = await archive(id);
      const state = { id, content: 'The …', deletedAt: '2026-02-01T00:00:00.000Z' };
      await stored(stores.memories, tenant, state, { kind: 'deleted' });
      expect(await restore(sources[0]!)).toBe('gone');
      expect(await stores.archiveCatalogue.entries(tenant, id)).toHaveLength(1);
    });

    it('loses the key of what is erased, says so, and lets its object go', async () => {
      const [one, two] = await applied(stores.memories, tenant, [writeOf(), writeOf()]);
      const { packId } = await archive(one!.id, two!.id);
      const erase = async (id: string) =>
        (await stores.memories.erase({ tenantId: tenant, idempotency: keyOf(id), items: [{ id }] }))
          .outcomes[0];
      expect(await erase(one!.id)).toMatchObject({ ok: true, archived: 1 });
      expect(await stores.archiveCatalogue.entries(tenant, one!.id)).toEqual([]);
      expect(await stores.archiveCatalogue.discard(tenant, packId)).toBe(false);
      expect(await erase(two!.id)).toMatchObject({ ok: true, archived: 1 });
      expect(await stores.archiveCatalogue.unused(1_000)).toContainEqual({ tenantId: tenant, packId });
      expect(await stores.archiveCatalogue.discard(tenant, packId)).toBe(true);
      await stores.archiveCatalogue.forget(tenant, packId);
      expect(await stores.archiveCatalogue.unused(1_000)).not.toContainEqual({ tenantId: tenant, packId });
    });

    it('lets a pack that was left behind go, and then nobody can complete it', async () => {
      const { id } = await stored(stores.memories, tenant);
      const packId = newId();
      const sources = await stores.archiveCatalogue.begin(tenant, packId, [id], roomy);
      expect(await stores.archiveCatalogue.discard(tenant, packId)).toBe(false);
      await stores.elapse(tenant, 3_601);
      expect(await stores.archiveCatalogue.unused(1_000)).toContainEqual({ tenantId: tenant, packId });
      expect(await stores.archiveCatalogue.discard(tenant, packId)).toBe(true);
      expect(await stores.archiveCatalogue.complete(tenant, packId, entriesOf(sources))).toEqual([]);
      expect((await get(id))?.tier).toBe('warm');
    });

    it('keeps tenants apart', async () => {
      const { id } = await stored(stores.memories, tenant);
      const other = `${tenant} `;
      const packId = newId();
      expect(await stores.archiveCatalogue.begin(other, newId(), [id], roomy)).toEqual([]);
      const sources = await stores.archiveCatalogue.begin(tenant, packId, [id], roomy);
      expect(await stores.archiveCatalogue.complete(other, packId, entriesOf(sources))).toEqual([]);
      await stores.archiveCatalogue.abandon(other, packId);
      expect(await stores.archiveCatalogue.complete(tenant, packId, entriesOf(sources))).toEqual([id]);
      expect(await stores.archiveCatalogue.entries(other, id)).toEqual([]);
      expect(await stores.archiveCatalogue.restore(other, { ...sources[0]!, entries: 1 })).toBe('gone');
      expect(await stores.archiveCatalogue.discard(other, packId)).toBe(false);
    });

    it('counts what is where', async () => {
      const before = await stores.archiveCatalogue.overview();
      const [one] = await applied(stores.memories, tenant, [writeOf(), writeOf()]);
      const { packId } = await archive(one!.id);
      const entry = { memoryId: one!.id, version: 1 };
      await stores.archiveCatalogue.markDamaged(tenant, { ...entry, packId: newId() });
      expect((await stores.archiveCatalogue.overview()).damagedEntries).toBe(before.damagedEntries);
      await stores.archiveCatalogue.markDamaged(tenant, { ...entry, packId });
      const after = await stores.archiveCatalogue.overview();
      expect(after.coldMemories - before.coldMemories).toBe(1);
      expect(after.packs - before.packs).toBe(1);
      expect(after.damagedEntries - before.damagedEntries).toBe(1);
      expect(after.warmMemories).toBeGreaterThanOrEqual(0);
    });
  });
}
