import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GraphUnderTest } from './graph-contents.ts';
import { state, tombstone } from './graph-states.ts';

/** Names of tenants that careless keys confuse. */
const lookAlikes = (own: string) => [
  `${own}1`,
  `${own}10`,
  `${own}a:b`,
  `${own}a`,
  `${own}x`,
  `${own}x `,
  `${own}X`,
  `${own}caf\u00e9`,
  `${own}cafe\u0301`,
  `${own}%`,
  `${own}_`,
];

const injections = [
  '`}) DETACH DELETE n //',
  '\\u0060}) DETACH DELETE n //',
  "'; MATCH (n) DETACH DELETE n; //",
  '" OR 1=1 //',
  '$rows',
  '{"$gt":""}',
  'a\nb\tc',
  'кот 🐈 猫',
];

/** Tenants never meet, and no text is ever read as a query. */
export function describeGraphTenants(tested: () => GraphUnderTest): void {
  describe('tenants', () => {
    it('never meet, though their ids and entities are the same', async () => {
      const { graph, contents } = tested();
      const tenants = lookAlikes(randomUUID());
      await graph.apply(
        tenants.flatMap((tenant) => [
          state(tenant, 'a', 1, { entities: [['ada']], outgoing: [['b']] }),
          state(tenant, 'b', 1),
          state(tenant, 'c', 1, { entities: [['ada']] }),
          state(tenant, `only ${tenant}`, 1, { entities: [['ada']] }),
        ]),
      );
      for (const tenant of tenants) {
        const own = [`only ${tenant}`, 'a', 'b', 'c'].sort();
        const found = await graph.related(tenant, 'a', { depth: 5, limit: 200 });
        expect(['a', ...found.map(({ id }) => id)].sort()).toEqual(own);
        const recalled = await graph.recallByEntities(tenant, [{ type: 'person', normalized: 'ada' }], 50);
        expect(recalled.map(({ id }) => id).sort()).toEqual(own.filter((id) => id !== 'b'));
        expect(await graph.count(tenant)).toBe(4);
      }
      const [first = '', ...others] = tenants;
      const before = await contents(others);
      await graph.apply([tombstone(first, 'a', 2), tombstone(first, 'b', 2), tombstone(first, 'c', 2)]);
      await graph.apply([tombstone(first, `only ${first}`, 2)]);
      expect(await graph.count(first)).toBe(0);
      expect((await contents([first])).entities).toEqual([]);
      expect(await contents(others)).toEqual(before);
    });

    it('may bear any text, which comes back as it was', async () => {
      const { graph, contents } = tested();
      const bystander = randomUUID();
      await graph.apply([state(bystander, 'a', 1, { entities: [['ada']] })]);
      for (const text of injections) {
        const tenant = `${randomUUID()}${text}`;
        await graph.apply([
          state(tenant, text, 1, {
            type: text,
            agentId: text,
            userId: text,
            conversationId: text,
            domain: text,
            entities: [[text]],
            outgoing: [[`to ${text}`]],
          }),
          state(tenant, `to ${text}`, 1, { entities: [[text]] }),
        ]);
        const { memories, entities } = await contents([tenant]);
        const mine = memories.find(({ id }) => id === text);
        expect(mine).toMatchObject({ type: text, agentId: text, userId: text, conversationId: text });
        expect(entities).toEqual([{ tenantId: tenant, key: `person:${text}` }]);
        const [hit] = await graph.related(tenant, text, { depth: 1, limit: 5 });
        expect(hit?.id).toBe(`to ${text}`);
        const recalled = await graph.recallByEntities(tenant, [{ type: 'person', normalized: text }], 5);
        expect(recalled).toHaveLength(2);
      }
      expect(await graph.count(bystander)).toBe(1);
    });
  });
}
