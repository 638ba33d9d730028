import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import { applied, newTenant, stored, testSpace, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

export function describeVectors(name: string, make: MakeStores): void {
  const pending = { embedding: { space: testSpace, values: null, pending: true } };

  describe(`MemoryStore: ${name}: vectors`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });
    const vectorOf = async (id: string) =>
      (await stores.memories.get(tenant, [id], { embedding: true, uncounted: true }))[0]!.embedding;
    const waiting = async () =>
      (await stores.memories.unembedded(testSpace, 10_000))
        .filter(({ tenantId }) => tenantId === tenant)
        .map(({ id }) => id);

    it("answers the caller's vector at unit length, and only when asked", async () => {
      const { id } = await stored(stores.memories, tenant, {}, { callerEmbedding: [3, 0, -4] });
      const vector = await vectorOf(id);
      expect(vector).toHaveLength(3);
      for (const [index, component] of [0.6, 0, -0.8].entries()) {
        expect(vector![index]).toBeCloseTo(component, 3);
      }
      expect((await stores.memories.get(tenant, [id]))[0]).not.toHaveProperty('embedding');
    });

    it.each([
      ['tiny', [6e-8, 0]],
      ['huge', [65_504, 0]],
    ])('keeps the direction of a %s vector', async (_what, callerEmbedding) => {
      const { id } = await stored(stores.memories, tenant, {}, { callerEmbedding });
      expect((await vectorOf(id))![0]).toBeCloseTo(1, 2);
    });

    it("keeps the caller's vector through a write that brings none", async () => {
      const { id } = await stored(stores.memories, tenant, {}, { callerEmbedding: [0, 1] });
      await stored(stores.memories, tenant, { id, content: 'changed' }, { kind: 'updated' });
      expect(await vectorOf(id)).toEqual([0, 1]);
    });

    it("fixes the dimension of the caller's space by the first vector stored", async () => {
      await stored(stores.memories, tenant, {}, { callerEmbedding: [1, 0, 0] });
      const late = writeOf({}, { callerEmbedding: [1, 0] });
      const { outcomes } = await stores.memories.write({ tenantId: tenant, actor: 'tester', writes: [late] });
      expect(outcomes).toMatchObject([
        { ok: false, code: 'dimension_mismatch', details: { given: 2, expected: 3 } },
      ]);
      expect(await stores.memories.get(tenant, [late.state.id])).toEqual([]);
      await stored(stores.memories, newTenant(), {}, { callerEmbedding: [1, 0] });
    });

    it('does not let a write that fails fix the dimension', async () => {
      const { outcomes } = await stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        writes: [
          writeOf({ id: newId() }, { kind: 'updated', callerEmbedding: [1, 0, 0, 0] }),
          writeOf({}, { callerEmbedding: [1, 0] }),
          writeOf({}, { callerEmbedding: [1, 0, 0] }),
        ],
      });
      expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.code))).toEqual([
        'not_found',
        'ok',
        'dimension_mismatch',
      ]);
    });

    it('lists what waits for a vector until it is filled in', async () => {
      const writes = [writeOf({}, pending), writeOf({}, pending), writeOf()];
      const [first, second] = await applied(stores.memories, tenant, writes);
      expect((await waiting()).sort()).toEqual([first!.id, second!.id].sort());
      await stores.memories.fillEmbeddings(tenant, testSpace, [
        { id: first!.id, version: 1, embedding: [1, 0] },
        { id: second!.id, version: 1, embedding: null },
      ]);
      expect(await waiting()).toEqual([]);
    });

    it('keeps a memory waiting that has moved on from the version embedded', async () => {
      const { id } = await stored(stores.memories, tenant, {}, pending);
      await stored(stores.memories, tenant, { id, content: 'newer' }, { kind: 'updated', ...pending });
      await stores.memories.fillEmbeddings(tenant, testSpace, [{ id, version: 1, embedding: [1, 0] }]);
      expect(await waiting()).toEqual([id]);
    });

    it('never brings an erased memory back by filling in its vector', async () => {
      const { id } = await stored(stores.memories, tenant, {}, pending);
      await stores.memories.erase({ tenantId: tenant, items: [{ id }] });
      await stores.memories.fillEmbeddings(tenant, testSpace, [{ id, version: 1, embedding: [1, 0] }]);
      expect(await waiting()).toEqual([]);
      expect(await stores.memories.get(tenant, [id])).toEqual([]);
    });

    it('lets an expired memory stop waiting, so that it does not stand before others', async () => {
      const { id } = await stored(
        stores.memories,
        tenant,
        { expiresAt: '2020-01-01T00:00:00.000Z' },
        pending,
      );
      expect(await waiting()).toEqual([id]);
      await stores.memories.fillEmbeddings(tenant, testSpace, []);
      expect(await waiting()).toEqual([]);
    });
  });
}
