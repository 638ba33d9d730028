import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Relationship } from '../../../shared/memory/model.ts';
import { newTenant, stored, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

export function describeReferences(name: string, make: MakeStores): void {
  const to = (target: string, fields: Partial<Relationship> = {}): Relationship => ({
    target,
    type: 'RELATED_TO',
    weight: 1,
    ...fields,
  });

  describe(`MemoryStore: ${name}: references`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });
    const edgesOf = async (id: string) =>
      (await stores.memories.get(tenant, [id], { uncounted: true }))[0]!.relationships;

    it('resolves a reference to what is there, by id and by external id', async () => {
      const target = await stored(stores.memories, tenant, { externalId: 'ext' });
      const { id, relationships } = await stored(stores.memories, tenant, {
        relationships: [
          to('ext', { weight: 0.25 }),
          to(target.id, { type: 'SUPPORTS' }),
          to(target.id.toUpperCase()),
        ],
      });
      const targetId = target.id;
      const expected = [
        to(target.id.toUpperCase(), { targetId }),
        to('ext', { targetId, weight: 0.25 }),
        to(target.id, { type: 'SUPPORTS', targetId }),
      ];
      expect(relationships).toHaveLength(3);
      expect(relationships).toEqual(expect.arrayContaining(expected));
      expect(await edgesOf(id)).toEqual(relationships);
    });

    it.each([
      ['an external id', (_id: string) => 'later'],
      ['an id', (id: string) => id],
      ['an id in upper case', (id: string) => id.toUpperCase()],
    ])(
      'keeps %s that names nothing yet, and resolves it when the memory arrives',
      async (_what, reference) => {
        const id = newId();
        const target = reference(id);
        const source = await stored(stores.memories, tenant, { relationships: [to(target)] });
        expect(source.relationships).toEqual([to(target)]);
        await stored(stores.memories, tenant, { id, externalId: 'later' });
        expect(await edgesOf(source.id)).toEqual([to(target, { targetId: id })]);
      },
    );

    it('resolves references within one batch, in either order', async () => {
      const writes = [
        writeOf({ externalId: 'a', relationships: [to('b')] }),
        writeOf({ externalId: 'b', relationships: [to('a')] }),
      ];
      const { outcomes } = await stores.memories.write({ tenantId: tenant, actor: 'tester', writes });
      const [a, b] = writes.map(({ state }) => state.id);
      expect(outcomes).toMatchObject([
        { relationships: [to('b', { targetId: b! })] },
        { relationships: [to('a', { targetId: a! })] },
      ]);
    });

    it('does not resolve to what is deleted, and does when that is stored again', async () => {
      const deletedAt = '2026-02-01T00:00:00.000Z';
      const target = await stored(stores.memories, tenant, { externalId: 'ext', deletedAt });
      const source = await stored(stores.memories, tenant, { relationships: [to('ext')] });
      expect(source.relationships).toEqual([to('ext')]);
      expect(await stores.memories.resolve(tenant, ['ext', target.id])).toEqual(new Map());
      await stored(stores.memories, tenant, { externalId: 'ext' });
      expect(await edgesOf(source.id)).toEqual([to('ext', { targetId: target.id })]);
    });

    it('replaces the edges of a memory with those of its new state', async () => {
      const { id } = await stored(stores.memories, tenant, {
        relationships: [to('a'), to('b', { type: 'SUPPORTS' })],
      });
      const relationships = [to('a', { weight: 0.5 }), to('c')];
      const changed = await stored(stores.memories, tenant, { id, relationships }, { kind: 'related' });
      expect(changed.relationships).toEqual(relationships);
      expect(await edgesOf(id)).toEqual(relationships);
    });

    it('resolves names to ids: an id before an external id, and nothing for what is not there', async () => {
      const one = await stored(stores.memories, tenant, { externalId: "o'ne %" });
      const posing = await stored(stores.memories, tenant, { externalId: one.id });
      const upper = one.id.toUpperCase();
      const references = ["o'ne %", one.id, upper, 'nothing', newId(), '%', "' or true --"];
      expect(await stores.memories.resolve(tenant, references)).toEqual(
        new Map([
          ["o'ne %", one.id],
          [one.id, one.id],
          [upper, one.id],
        ]),
      );
      expect(posing.id).not.toBe(one.id);
      expect(await stores.memories.resolve(tenant, [])).toEqual(new Map());
    });
  });
}
