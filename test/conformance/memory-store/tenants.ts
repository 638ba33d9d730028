import { describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import { keyOf, newTenant, stored, testSpace, writeOf } from '../../support/store-writes.ts';
import type { MakeStores } from '../../support/stores.ts';

/** Names of tenants that must not meet. */
export const tenantPairs = [
  ['1', '10'],
  ['a:b', 'a'],
  ['a', 'A'],
  ['a', 'a '],
  ['a%', 'ab'],
  ['a_', 'ab'],
  ['\u00e9', 'e\u0301'],
  ["a'b", "a''b"],
] as const;

export function describeTenantsApart(name: string, make: MakeStores): void {
  describe(`MemoryStore: ${name}: tenants`, () => {
    it.each(tenantPairs)('keeps %j apart from %j on every method', async (one, other) => {
      const stores = make();
      const prefix = newTenant();
      const [mine, theirs] = [prefix + one, prefix + other];
      const id = newId();
      await stored(
        stores.memories,
        mine,
        { id, externalId: 'ext', content: 'mine' },
        { callerEmbedding: [1, 0], embedding: { space: testSpace, values: null, pending: true } },
      );
      const all = { scope: {}, sort: [], limit: 10, includeDeleted: true };
      expect(await stores.memories.get(theirs, [id])).toEqual([]);
      expect(await stores.memories.resolve(theirs, [id, 'ext'])).toEqual(new Map());
      expect(await stores.memories.query(theirs, all)).toEqual({ memories: [] });
      expect((await stores.memories.aggregate(theirs, {})).total.count).toBe(0);
      expect(await stores.memories.versions(theirs, id, { limit: 10 })).toEqual([]);
      expect(await stores.memories.atVersion(theirs, id, 1)).toBeUndefined();
      expect(await stores.syncState.read(theirs, [id])).toEqual([]);
      expect((await stores.memories.erase({ tenantId: theirs, items: [{ id }] })).outcomes).toMatchObject([
        { ok: false, code: 'not_found' },
      ]);
      const update = writeOf({ id, content: 'theirs' }, { kind: 'updated' });
      expect(
        (await stores.memories.write({ tenantId: theirs, actor: 'tester', writes: [update] })).outcomes,
      ).toMatchObject([{ ok: false, code: 'not_found' }]);
      await stores.memories.fillEmbeddings(theirs, testSpace, [{ id, version: 1, embedding: [1, 0] }]);
      expect(await stores.memories.unembedded(testSpace, 10_000)).toContainEqual({ tenantId: mine, id });

      // the same ids and keys mean another memory there
      const idempotency = keyOf('k');
      await stores.memories.write({ tenantId: mine, actor: 'tester', idempotency, writes: [writeOf()] });
      const there = await stores.memories.write({
        tenantId: theirs,
        actor: 'tester',
        idempotency,
        writes: [
          writeOf(
            {
              id,
              externalId: 'ext',
              content: 'theirs',
              relationships: [{ target: 'ext', type: 'SUPPORTS', weight: 1 }],
            },
            { callerEmbedding: [1, 0, 0] },
          ),
        ],
      });
      expect(there).toMatchObject({
        replayed: false,
        outcomes: [{ ok: true, id, version: 1, created: true }],
      });
      expect(await stores.memories.get(mine, [id])).toMatchObject([{ content: 'mine', version: 1 }]);
      expect(await stores.memories.get(theirs, [id])).toMatchObject([{ content: 'theirs' }]);
    });
  });
}
