import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import { keyOf, newTenant, stored, testSpace, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

export function describeErasure(name: string, make: MakeStores): void {
  describe(`MemoryStore: ${name}: erasure`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });
    const erase = async (id: string, expectedVersion?: number) => {
      const item = { id, ...(expectedVersion !== undefined && { expectedVersion }) };
      const { outcomes } = await stores.memories.erase({ tenantId: tenant, items: [item] });
      return outcomes[0]!;
    };

    it('removes the memory with its versions, vectors and edges in both directions, and counts them', async () => {
      const { id } = await stored(
        stores.memories,
        tenant,
        { externalId: 'x', relationships: [{ target: 'other', type: 'SUPPORTS', weight: 1 }] },
        { callerEmbedding: [1, 0], embedding: { space: testSpace, values: [0, 1], pending: false } },
      );
      await stored(
        stores.memories,
        tenant,
        { id, externalId: 'x', relationships: [{ target: 'other', type: 'SUPPORTS', weight: 1 }] },
        { kind: 'updated' },
      );
      const source = await stored(stores.memories, tenant, {
        relationships: [{ target: 'x', type: 'RELATED_TO', weight: 1 }],
      });
      // the row, two versions, two vectors, an edge out and one in
      expect(await erase(id)).toEqual({ ok: true, id, version: 3, removed: 7, archived: 0 });

      expect(await stores.memories.get(tenant, [id])).toEqual([]);
      expect(await stores.memories.versions(tenant, id, { limit: 10 })).toEqual([]);
      expect(await stores.memories.atVersion(tenant, id, 1)).toBeUndefined();
      expect(await stores.memories.resolve(tenant, [id, 'x'])).toEqual(new Map());
      const [left] = await stores.memories.get(tenant, [source.id]);
      expect(left!.relationships).toEqual([]);
    });

    it('answers per item: what is not there, and what is at another version', async () => {
      const one = await stored(stores.memories, tenant);
      const two = await stored(stores.memories, tenant);
      const { outcomes } = await stores.memories.erase({
        tenantId: tenant,
        items: [{ id: newId() }, { id: one.id, expectedVersion: 4 }, { id: two.id, expectedVersion: 1 }],
      });
      expect(outcomes).toMatchObject([
        { ok: false, code: 'not_found' },
        { ok: false, code: 'version_conflict', details: { currentVersion: 1 } },
        { ok: true, id: two.id, version: 2 },
      ]);
      expect(await stores.memories.get(tenant, [one.id, two.id])).toHaveLength(1);
      expect(await erase(two.id)).toMatchObject({ code: 'not_found' });
    });

    it('erases what was deleted softly or has expired', async () => {
      const deleted = await stored(stores.memories, tenant, { deletedAt: '2026-02-01T00:00:00.000Z' });
      const expired = await stored(stores.memories, tenant, { expiresAt: '2020-01-01T00:00:00.000Z' });
      expect(await erase(deleted.id)).toMatchObject({ ok: true });
      expect(await erase(expired.id)).toMatchObject({ ok: true });
    });

    it('goes on from the tombstone when the id is used again, so that versions never go back', async () => {
      const { id } = await stored(stores.memories, tenant);
      await erase(id);
      expect(await stored(stores.memories, tenant, { id })).toMatchObject({ version: 3, created: true });
      expect(await stores.memories.versions(tenant, id, { limit: 10 })).toMatchObject([
        { version: 3, operation: 'created' },
      ]);
    });

    it('never brings a memory back by telling the ledger of its projection', async () => {
      const { id } = await stored(stores.memories, tenant);
      await erase(id);
      await stores.syncState.markProjected(tenant, [{ id, version: 9 }]);
      expect(await stores.memories.get(tenant, [id])).toEqual([]);
      expect(await stores.syncState.read(tenant, [id])).toMatchObject([{ id, version: 2, deleted: true }]);
    });

    it('takes recorded answers with it, and one that is recorded only afterwards', async () => {
      const answer = { status: 201, body: { content: 'secret' } };
      const ids: string[] = [];
      for (const key of ['recorded', 'under way']) {
        const { outcomes } = await stores.memories.write({
          tenantId: tenant,
          actor: 'tester',
          idempotency: keyOf(key),
          writes: [writeOf({ content: 'secret' }), writeOf()],
        });
        ids.push(outcomes[0]!.ok ? outcomes[0]!.id : '');
      }
      await stores.answers.record(tenant, keyOf('recorded'), answer);
      for (const id of ids) await erase(id);
      expect(await stores.answers.record(tenant, keyOf('under way'), answer)).toEqual(answer);
      for (const key of ['recorded', 'under way']) {
        expect(await stores.answers.find(tenant, keyOf(key))).toBeUndefined();
        const again = await stores.memories.write({
          tenantId: tenant,
          actor: 'tester',
          idempotency: keyOf(key),
          writes: [writeOf(), writeOf()],
        });
        expect(again).toMatchObject({
          replayed: true,
          outcomes: [{ ok: false, code: 'gone' }, { ok: true }],
        });
      }
    });
  });
}
