import { beforeAll, describe, expect, it } from 'vitest';
import type { Comparison, Filter } from '../../../shared/contracts/memory/filter.ts';
import { applied, newTenant, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

export function describeFilters(name: string, make: MakeStores): void {
  const one = '0197b8f0-0000-7000-8000-000000000001';
  const two = '0197b8f0-0000-7000-8000-000000000002';
  const bare = '0197b8f0-0000-7000-8000-000000000003';
  const names: Record<string, string> = { [one]: 'one', [two]: 'two', [bare]: 'bare' };

  const where = (field: string, op: string, value: unknown) => ({ field, op, value }) as Comparison;

  describe(`MemoryStore: ${name}: filters`, () => {
    let stores: Stores;
    let tenant: string;
    beforeAll(async () => {
      stores = make();
      tenant = newTenant();
      await applied(stores.memories, tenant, [
        writeOf({
          id: one,
          externalId: 'ext-1',
          type: 'episodic',
          agentId: 'Ärger_1%',
          conversationId: 'c1',
          domain: 'a',
          content: 'The "École" said: 100%\nno_problem',
          summary: 'A Summary',
          tags: ['red', 'blue'],
          importance: 0.7,
          occurredAt: '2026-01-01T00:00:00.000Z',
          validFrom: '2026-01-01T00:00:00.000Z',
          metadata: { text: 'abc', number: 5, yes: true, nothing: null, list: ['x'], "q'x": 1 },
        }),
        writeOf({
          id: two,
          type: 'business',
          domain: 'b',
          userId: 'u',
          content: { title: 'Rocket', stages: 2 },
          tags: ['blue'],
          importance: 0.3,
          occurredAt: '2026-03-01T12:00:00.000Z',
          metadata: { text: 'xyz', number: 10, yes: false },
        }),
        writeOf({ id: bare, content: 'plain', occurredAt: '2026-02-01T00:00:00.000Z' }),
      ]);
      await stores.memories.get(tenant, [two]);
      await applied(stores.memories, tenant, [
        writeOf({ id: bare, content: 'plain', occurredAt: '2026-02-01T00:00:00.000Z' }, { kind: 'updated' }),
      ]);
    });

    const matching = async (filter: Filter) => {
      const { memories } = await stores.memories.query(tenant, {
        scope: { filter },
        sort: [],
        limit: 10,
        includeDeleted: false,
      });
      return memories.map(({ id }) => names[id]!).sort();
    };

    it.each<[string, string, unknown, string[]]>([
      ['id', 'eq', one, ['one']],
      ['id', 'eq', one.toUpperCase(), ['one']],
      ['id', 'in', [one, two], ['one', 'two']],
      ['id', 'gt', one, ['bare', 'two']],
      ['externalId', 'eq', 'ext-1', ['one']],
      ['externalId', 'exists', true, ['one']],
      ['externalId', 'exists', false, ['bare', 'two']],
      ['externalId', 'ne', 'ext-1', ['bare', 'two']],
      ['type', 'nin', ['semantic', 'business'], ['one']],
      ['tier', 'eq', 'warm', ['bare', 'one', 'two']],
      ['agentId', 'contains', 'äRGER', ['one']],
      ['agentId', 'contains', '_1%', ['one']],
      ['agentId', 'contains', 'r%', []],
      ['domain', 'gt', 'a', ['two']],
      ['domain', 'gte', 'a', ['one', 'two']],
      ['domain', 'lt', 'B', []],
      ['domain', 'in', ['a', "b' or true --"], ['one']],
      ['domain', 'nin', ['a'], ['bare', 'two']],
      ['summary', 'contains', 'summary', ['one']],
      ['tags', 'eq', 'red', ['one']],
      ['tags', 'contains', 'blue', ['one', 'two']],
      ['tags', 'contains', 'blu', []],
      ['tags', 'ne', 'red', ['bare', 'two']],
      ['tags', 'in', ['red', 'green'], ['one']],
      ['tags', 'nin', ['red', 'green'], ['bare', 'two']],
      ['tags', 'exists', false, ['bare']],
      ['importance', 'eq', 7, ['one']],
      ['importance', 'gte', 7, ['one']],
      ['importance', 'lt', 5, ['two']],
      ['importance', 'lte', 5, ['bare', 'two']],
      ['importance', 'in', [3, 7], ['one', 'two']],
      ['importance', 'gt', 1e300, []],
      ['accessCount', 'eq', 0, ['bare', 'one']],
      ['accessCount', 'gt', 0, ['two']],
      ['version', 'eq', 2, ['bare']],
      ['version', 'lt', 1.5, ['one', 'two']],
      ['occurredAt', 'gte', '2026-02-01T01:00:00+01:00', ['bare', 'two']],
      ['occurredAt', 'lt', '2026-02-01', ['one']],
      ['occurredAt', 'eq', '2026-03-01T12:00:00.000Z', ['two']],
      ['createdAt', 'gt', '2020-01-01', ['bare', 'one', 'two']],
      ['validFrom', 'exists', true, ['one']],
      ['validFrom', 'lt', '2027-01-01', ['one']],
      ['validFrom', 'ne', '2026-01-01', ['bare', 'two']],
      ['content', 'contains', 'école', ['one']],
      ['content', 'contains', '"École"', ['one']],
      ['content', 'contains', '100%\nno_', ['one']],
      ['content', 'contains', 'rocket', ['two']],
      ['content', 'eq', 'plain', ['bare']],
      ['metadata.text', 'eq', 'abc', ['one']],
      ['metadata.text', 'gt', 'abc', ['two']],
      ['metadata.text', 'contains', 'B', ['one']],
      ['metadata.text', 'nin', ['abc'], ['bare', 'two']],
      ['metadata.number', 'gte', 5, ['one', 'two']],
      ['metadata.number', 'gt', 5, ['two']],
      ['metadata.number', 'eq', '5', []],
      ['metadata.number', 'lt', 'z', []],
      ['metadata.number', 'in', [5, 'abc'], ['one']],
      ['metadata.yes', 'eq', true, ['one']],
      ['metadata.yes', 'ne', true, ['bare', 'two']],
      ['metadata.nothing', 'exists', true, ['one']],
      ['metadata.list', 'contains', 'x', ['one']],
      ['metadata.text.deep', 'exists', true, []],
      ["metadata.q'x", 'eq', 1, ['one']],
      ['metadata.toString', 'exists', true, []],
    ])('%s %s %j', async (field, op, value, expected) => {
      expect(await matching(where(field, op, value))).toEqual(expected);
    });

    it('finds a memory by the times that it was answered with', async () => {
      const [memory] = await stores.memories.get(tenant, [one], { uncounted: true });
      expect(await matching(where('createdAt', 'eq', memory!.createdAt))).toContain('one');
      expect(await matching(where('updatedAt', 'lte', memory!.updatedAt))).toContain('one');
    });

    it('joins by and, or, not; what is unknown does not hold', async () => {
      const blue = where('tags', 'eq', 'blue');
      const early = where('validFrom', 'lt', '2027-01-01');
      expect(await matching({ op: 'and', filters: [blue, where('importance', 'lt', 5)] })).toEqual(['two']);
      expect(await matching({ op: 'or', filters: [early, where('content', 'eq', 'plain')] })).toEqual([
        'bare',
        'one',
      ]);
      expect(await matching({ op: 'not', filter: early })).toEqual(['bare', 'two']);
      expect(await matching({ op: 'not', filter: { op: 'not', filter: early } })).toEqual(['one']);
      expect(
        await matching({ op: 'not', filter: { op: 'or', filters: [early, { op: 'and', filters: [blue] }] } }),
      ).toEqual(['bare']);
    });

    it.each<[string, string, unknown]>([
      ['importance', 'eq', 'high'],
      ['version', 'gt', true],
      ['accessCount', 'in', [1, '2']],
      ['agentId', 'eq', 5],
      ['domain', 'gt', false],
      ['tags', 'eq', 1],
      ['tags', 'gt', 'a'],
      ['id', 'eq', 'not-a-uuid'],
      ['id', 'contains', one],
      ['createdAt', 'gt', 'yesterday'],
      ['createdAt', 'gt', 1_700_000_000],
      ['occurredAt', 'lt', '2026-02-30'],
      ['occurredAt', 'lt', '2026-02-30T00:00:00Z'],
      ['occurredAt', 'eq', 'infinity'],
      ['occurredAt', 'contains', '2026'],
      ['importance', 'contains', 'x'],
      ['content', 'contains', 5],
      ['metadata.number', 'contains', 5],
    ])('refuses %s %s %j', async (field, op, value) => {
      await expect(matching(where(field, op, value))).rejects.toMatchObject({ code: 'invalid_filter' });
    });

    it('narrows by each part of a scope', async () => {
      const found = async (scope: Parameters<Stores['memories']['query']>[1]['scope']) => {
        const query = { scope, sort: [], limit: 10, includeDeleted: false };
        return (await stores.memories.query(tenant, query)).memories.map(({ id }) => names[id]!).sort();
      };
      expect(await found({ agentId: 'Ärger_1%' })).toEqual(['one']);
      expect(await found({ agentId: 'ärger_1%' })).toEqual([]);
      expect(await found({ userId: 'u' })).toEqual(['two']);
      expect(await found({ conversationId: 'c1' })).toEqual(['one']);
      expect(await found({ domain: 'b' })).toEqual(['two']);
      expect(await found({ memoryTypes: ['semantic', 'business'] })).toEqual(['bare', 'two']);
      expect(await found({ tiers: ['hot'] })).toEqual(['bare', 'one', 'two']);
      expect(await found({ tiers: ['cold'] })).toEqual([]);
      expect(await found({ domain: 'b', userId: 'v' })).toEqual([]);
    });
  });
}
