import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GraphUnderTest } from './graph-contents.ts';
import { state, tombstone } from './graph-states.ts';

/** Edges that resolve after their source was written, and memories that are deleted. */
export function describeGraphChanges(tested: () => GraphUnderTest): void {
  const fresh = () => ({ tenant: randomUUID(), ...tested() });

  describe('changes of other memories', () => {
    describe('an edge that resolves later, without a new version of its source', () => {
      const edgesOf = async (tenant: string) =>
        (await tested().contents([tenant])).edges.map(({ sourceId, targetId }) => `${sourceId}-${targetId}`);

      it('comes with its target', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([state(tenant, 's', 2)]);
        await graph.apply([state(tenant, 't', 1, { incoming: [['s', 2]] })]);
        expect(await edgesOf(tenant)).toEqual(['s-t']);
      });

      it('comes with its target before its source, which did not know of it when it was read', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([state(tenant, 't', 1, { incoming: [['s', 2]] })]);
        await graph.apply([state(tenant, 's', 2)]);
        expect(await edgesOf(tenant)).toEqual(['s-t']);
      });

      it('comes with its source before its target, which did not know of it when it was read', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([state(tenant, 's', 1, { outgoing: [['t']] })]);
        await graph.apply([state(tenant, 't', 1)]);
        expect(await edgesOf(tenant)).toEqual(['s-t']);
      });

      it('comes with a target of which the graph already has this version', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([state(tenant, 't', 3), state(tenant, 's', 1)]);
        await graph.apply([state(tenant, 't', 3, { incoming: [['s', 1]] })]);
        expect(await edgesOf(tenant)).toEqual(['s-t']);
      });

      it('does not come from a version of the source that the graph has left behind', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([state(tenant, 's', 3), state(tenant, 't', 1)]);
        await graph.apply([state(tenant, 't', 1, { incoming: [['s', 2]] })]);
        expect(await edgesOf(tenant)).toEqual([]);
      });

      it('goes when a newer version of the source no longer declares it', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([state(tenant, 't', 1, { incoming: [['s', 1]] })]);
        await graph.apply([state(tenant, 's', 2)]);
        expect(await edgesOf(tenant)).toEqual([]);
      });

      it('comes with its target while the graph still has its source as deleted', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([tombstone(tenant, 's', 2)]);
        await graph.apply([state(tenant, 't', 1, { incoming: [['s', 3]] })]);
        await graph.apply([tombstone(tenant, 's', 2)]);
        await graph.apply([state(tenant, 's', 3)]);
        expect(await edgesOf(tenant)).toEqual(['s-t']);
      });

      it('is not overwritten by an older declaration', async () => {
        const { graph, tenant, contents } = fresh();
        await graph.apply([state(tenant, 't', 1, { incoming: [['s', 2, 'SUPPORTS', 0.9]] })]);
        await graph.apply([state(tenant, 's', 1, { outgoing: [['t', 'SUPPORTS', 0.1]] })]);
        await graph.apply([state(tenant, 's', 2)]);
        expect((await contents([tenant])).edges.map(({ weight }) => weight)).toEqual([0.9]);
      });
    });

    describe('a deleted memory', () => {
      it('keeps its id, version and digest alone, and loses its edges, mentions and lone entities', async () => {
        const { graph, tenant, contents } = fresh();
        await graph.apply([
          state(tenant, 'a', 1, { entities: [['ada'], ['bob']], outgoing: [['b']] }),
          state(tenant, 'b', 1, { entities: [['bob']], outgoing: [['a', 'PART_OF']] }),
        ]);
        await graph.apply([tombstone(tenant, 'a', 2)]);
        const { memories, entities, mentions, edges } = await contents([tenant]);
        expect(memories[0]).toEqual({
          deleted: true,
          digestHigh: 4_294_967_295,
          digestLow: 2,
          id: 'a',
          tenantId: tenant,
          version: 2,
        });
        expect(entities.map(({ key }) => key)).toEqual(['person:bob']);
        expect(mentions.map(({ id }) => id)).toEqual(['b']);
        expect(edges).toEqual([]);
        expect(await graph.count(tenant)).toBe(1);
      });

      it('stays deleted when an older state, or an edge to or from it, arrives late', async () => {
        const { graph, tenant, contents } = fresh();
        await graph.apply([tombstone(tenant, 'a', 3)]);
        await graph.apply([state(tenant, 'a', 2, { entities: [['ada']], outgoing: [['b']] })]);
        await graph.apply([state(tenant, 'b', 1, { outgoing: [['a']], incoming: [['a', 2]] })]);
        const { memories, entities, edges } = await contents([tenant]);
        expect(memories.map(({ id, version, deleted }) => [id, version, deleted])).toEqual([
          ['a', 3, true],
          ['b', 1, false],
        ]);
        expect([entities, edges]).toEqual([[], []]);
      });

      it('may be deleted before it was ever created here', async () => {
        const { graph, tenant } = fresh();
        await graph.apply([state(tenant, 'b', 1, { outgoing: [['a']] })]);
        await graph.apply([tombstone(tenant, 'a', 1)]);
        expect(await graph.count(tenant)).toBe(1);
        expect((await tested().contents([tenant])).edges).toEqual([]);
      });

      it('comes back with a higher version, edges of others included', async () => {
        const { graph, tenant, contents } = fresh();
        await graph.apply([state(tenant, 'a', 1), state(tenant, 'b', 1, { outgoing: [['a']] })]);
        await graph.apply([tombstone(tenant, 'a', 2)]);
        await graph.apply([state(tenant, 'a', 3, { incoming: [['b', 1]], entities: [['ada']] })]);
        const { edges, mentions } = await contents([tenant]);
        expect(edges.map(({ sourceId, targetId }) => [sourceId, targetId])).toEqual([['b', 'a']]);
        expect(mentions.map(({ id }) => id)).toEqual(['a']);
        expect(await graph.count(tenant)).toBe(2);
      });
    });
  });
}
