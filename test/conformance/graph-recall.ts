import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { relationshipTypes } from '../../shared/contracts/memory/model.ts';
import type { GraphUnderTest } from './graph-contents.ts';
import { state, tombstone } from './graph-states.ts';

/** Traversal and the graph arm of recall. */
export function describeGraphRecall(tested: () => GraphUnderTest): void {
  const tenantWith = async (...states: ((tenant: string) => ReturnType<typeof state>)[]) => {
    const tenant = randomUUID();
    await tested().graph.apply(states.map((make) => make(tenant)));
    return tenant;
  };
  const chain = () =>
    tenantWith(
      (t) => state(t, 'm0', 1, { outgoing: [['m1', 'FOLLOWS', 0.5]] }),
      (t) => state(t, 'm1', 1, { outgoing: [['m2', 'FOLLOWS', 0.5]] }),
      (t) => state(t, 'm2', 1),
      (t) => state(t, 'm3', 1, { outgoing: [['m2', 'CAUSED_BY', 1]] }),
      (t) => state(t, 'm4', 1, { outgoing: [['m3', 'FOLLOWS', 1]] }),
      (t) => state(t, 'm5', 1, { outgoing: [['m4', 'FOLLOWS', 1]] }),
      (t) => state(t, 'm6', 1, { outgoing: [['m5', 'FOLLOWS', 1]] }),
    );

  describe('related', () => {
    it('walks in both directions to the depth that is asked for, and multiplies weights', async () => {
      const tenant = await chain();
      const hits = await tested().graph.related(tenant, 'm0', { depth: 3, limit: 10 });
      expect(hits).toEqual([
        { id: 'm1', depth: 1, weight: 0.5, path: [{ type: 'FOLLOWS', from: 'm0', to: 'm1', weight: 0.5 }] },
        {
          id: 'm2',
          depth: 2,
          weight: 0.25,
          path: [
            { type: 'FOLLOWS', from: 'm0', to: 'm1', weight: 0.5 },
            { type: 'FOLLOWS', from: 'm1', to: 'm2', weight: 0.5 },
          ],
        },
        {
          id: 'm3',
          depth: 3,
          weight: 0.25,
          path: [
            { type: 'FOLLOWS', from: 'm0', to: 'm1', weight: 0.5 },
            { type: 'FOLLOWS', from: 'm1', to: 'm2', weight: 0.5 },
            { type: 'CAUSED_BY', from: 'm3', to: 'm2', weight: 1 },
          ],
        },
      ]);
      const far = await tested().graph.related(tenant, 'm0', { depth: 5, limit: 10 });
      expect(far.map(({ id, depth }) => [id, depth])).toEqual([
        ['m1', 1],
        ['m2', 2],
        ['m3', 3],
        ['m4', 4],
        ['m5', 5],
      ]);
    });

    it('follows only the types that are asked for', async () => {
      const tenant = await chain();
      const only = async (types: Parameters<GraphUnderTest['graph']['related']>[2]['types']) =>
        (
          await tested().graph.related(tenant, 'm2', { depth: 5, limit: 10, ...(types ? { types } : {}) })
        ).map(({ id }) => id);
      expect(await only(['CAUSED_BY'])).toEqual(['m3']);
      expect(await only(['FOLLOWS'])).toEqual(['m1', 'm0']);
      expect(await only(['MENTIONS'])).toEqual([]);
      expect(await only(['FOLLOWS', 'CAUSED_BY'])).toEqual(await only(undefined));
    });

    it('knows every type of the contract', async () => {
      const tenant = await tenantWith(
        (t) => state(t, 'a', 1, { outgoing: relationshipTypes.map((type) => [`to ${type}`, type, 1]) }),
        ...relationshipTypes.map((type) => (t: string) => state(t, `to ${type}`, 1)),
      );
      for (const type of relationshipTypes) {
        const hits = await tested().graph.related(tenant, 'a', { depth: 1, types: [type], limit: 20 });
        expect(hits.map(({ id, path }) => [id, path[0]?.type])).toEqual([[`to ${type}`, type]]);
      }
    });

    it('counts two memories with a common entity as neighbours, with the entity on the way', async () => {
      const tenant = await tenantWith(
        (t) => state(t, 'a', 1, { entities: [['ada', 0.5]] }),
        (t) =>
          state(t, 'b', 1, {
            entities: [
              ['ada', 0.75],
              ['bob', 1],
            ],
          }),
        (t) => state(t, 'c', 1, { entities: [['bob', 0.5]] }),
        (t) => state(t, 'd', 1, { entities: [['ada', 1, 'place']] }),
      );
      const hits = await tested().graph.related(tenant, 'a', { depth: 2, limit: 10 });
      expect(hits.map(({ id, depth, weight }) => [id, depth, weight])).toEqual([
        ['b', 1, 0.375],
        ['c', 2, 0.1875],
      ]);
      expect(hits[0]?.path).toEqual([
        { type: 'MENTIONS', from: 'a', to: 'person:ada', weight: 0.5 },
        { type: 'MENTIONS', from: 'b', to: 'person:ada', weight: 0.75 },
      ]);
      expect(await tested().graph.related(tenant, 'a', { depth: 2, types: ['SUPPORTS'], limit: 9 })).toEqual(
        [],
      );
    });

    it('answers each memory once, by its best shortest way, nearer and heavier first', async () => {
      const tenant = await tenantWith(
        (t) =>
          state(t, 'a', 1, {
            outgoing: [
              ['b', 'SUPPORTS', 0.2],
              ['c', 'SUPPORTS', 0.9],
              ['b', 'PART_OF', 0.4],
              ['a', 'REFERENCES', 1],
            ],
          }),
        (t) => state(t, 'b', 1, { outgoing: [['d', 'SUPPORTS', 1]] }),
        (t) =>
          state(t, 'c', 1, {
            outgoing: [
              ['d', 'SUPPORTS', 0.5],
              ['b', 'SUPPORTS', 1],
            ],
          }),
        (t) => state(t, 'd', 1, { outgoing: [['a', 'CONTRADICTS', 0.05]] }),
      );
      const { graph } = tested();
      const hits = await graph.related(tenant, 'a', { depth: 5, limit: 10 });
      expect(hits.map(({ id, depth, weight }) => [id, depth, weight])).toEqual([
        ['c', 1, 0.9],
        ['b', 1, 0.4],
        ['d', 1, 0.05],
      ]);
      const types = ['SUPPORTS', 'PART_OF'] as const;
      const without = await graph.related(tenant, 'a', { depth: 5, limit: 10, types: [...types] });
      expect(without.map(({ id, weight, path }) => [id, weight, path.length])).toEqual([
        ['c', 0.9, 1],
        ['b', 0.4, 1],
        ['d', 0.45, 2],
      ]);
      expect((await graph.related(tenant, 'a', { depth: 5, limit: 2 })).map(({ id }) => id)).toEqual([
        'c',
        'b',
      ]);
    });

    it('neither answers deleted memories nor passes through them', async () => {
      const tenant = await chain();
      const { graph } = tested();
      await graph.apply([tombstone(tenant, 'm1', 2)]);
      expect(await graph.related(tenant, 'm0', { depth: 5, limit: 10 })).toEqual([]);
      expect(await graph.related(tenant, 'm1', { depth: 5, limit: 10 })).toEqual([]);
      expect(await graph.related(tenant, 'unknown', { depth: 5, limit: 10 })).toEqual([]);
    });
  });

  describe('recall by entities', () => {
    const person = (normalized: string) => ({ type: 'person' as const, normalized });

    it('prefers memories that mention a rare entity, or several', async () => {
      const crowd = Array.from(
        { length: 12 },
        (_, n) => (t: string) => state(t, `crowd${n}`, 1, { entities: [['common', 1]] }),
      );
      const tenant = await tenantWith(
        ...crowd,
        (t) => state(t, 'rare', 1, { entities: [['rare', 1]] }),
        (t) =>
          state(t, 'both', 1, {
            entities: [
              ['rare', 1],
              ['common', 1],
            ],
          }),
        (t) => state(t, 'unsure', 1, { entities: [['rare', 0.1]] }),
        (t) => state(t, 'other', 1, { entities: [['rare', 1, 'place']] }),
      );
      const hits = await tested().graph.recallByEntities(tenant, [person('rare'), person('common')], 50);
      expect(hits.slice(0, 2).map(({ id }) => id)).toEqual(['both', 'rare']);
      expect(hits).toHaveLength(15);
      const score = Object.fromEntries(hits.map(({ id, score }) => [id, score]));
      const [rare, common] = [1 / Math.log(2 + 3), 1 / Math.log(2 + 13)];
      expect(score.both).toBe(1);
      expect(score.rare).toBeCloseTo(rare / (rare + common), 10);
      expect(score.crowd0).toBeCloseTo(common / (rare + common), 10);
      expect(score.unsure).toBeCloseTo((0.1 * rare) / (rare + common), 10);
      expect(score).not.toHaveProperty('other');
    });

    it('goes on to memories that share a rare entity with a hit, and not through a common one', async () => {
      const crowd = Array.from(
        { length: 11 },
        (_, n) => (t: string) => state(t, `crowd${n}`, 1, { entities: [['hub', 1]] }),
      );
      const tenant = await tenantWith(
        ...crowd,
        (t) =>
          state(t, 'hit', 1, {
            entities: [
              ['ada', 1],
              ['project-x', 1],
              ['hub', 1],
            ],
          }),
        (t) => state(t, 'near', 1, { entities: [['project-x', 0.5]] }),
      );
      const hits = await tested().graph.recallByEntities(tenant, [person('ada')], 50);
      expect(hits.map(({ id }) => id)).toEqual(['hit', 'near']);
      expect(hits[0]?.score).toBe(1);
      expect(hits[1]?.score).toBeCloseTo(0.3 * (1 / Math.log(4)) * 0.5, 10);
    });

    it('answers nothing for entities that nobody mentions, and keeps to the limit', async () => {
      const tenant = await tenantWith(
        (t) => state(t, 'a', 1, { entities: [['ada', 0.5]] }),
        (t) => state(t, 'b', 1, { entities: [['ada', 1]] }),
        (t) => state(t, 'c', 1, { entities: [['ada', 1]] }),
      );
      const { graph } = tested();
      expect(await graph.recallByEntities(tenant, [person('nobody')], 5)).toEqual([]);
      expect(await graph.recallByEntities(tenant, [], 5)).toEqual([]);
      expect((await graph.recallByEntities(tenant, [person('ada')], 2)).map(({ id }) => id)).toEqual([
        'b',
        'c',
      ]);
      await graph.apply([tombstone(tenant, 'b', 2)]);
      const left = await graph.recallByEntities(tenant, [person('ada'), person('ada')], 5);
      expect(left.map(({ id }) => id)).toEqual(['c', 'a']);
    });
  });
}
