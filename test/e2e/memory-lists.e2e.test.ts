import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { openTarget, type Target, unique } from './support/target.ts';

let target: Target;
let api: Http;
let other: Http;
const domain = unique('lists');
const types = ['semantic', 'episodic', 'procedural'];
const items = Array.from({ length: 12 }, (_, n) => ({
  externalId: unique(`item-${n}`),
  domain,
  content: n === 5 ? { finding: '100% sure_thing', level: n } : `Item number ${n}`,
  memoryType: types[n % 3],
  agentId: n % 2 === 0 ? 'even' : 'odd',
  // two of each importance, so that a page ends in the middle of equals
  importance: Math.floor(n / 2),
  tags: n < 4 ? ['first', `tag ${n}`] : [],
  occurredAt: `2026-01-${String(n + 1).padStart(2, '0')}T12:00:00Z`,
  metadata: { n, nested: { deep: n }, ...(n === 7 && { flag: true }) },
}));

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
  other = await target.as('b');
  const { results } = expectStatus(await api.post('/api/memory/batch', { items }), 207);
  expect(results.map((result: Json) => result.status)).toEqual(items.map(() => 201));
});
afterAll(() => target.close());

const numbers = (memories: Json[]) => memories.map((memory) => memory.metadata.n);
async function matching(filter: unknown): Promise<number[]> {
  const answer = await api.post('/api/memory/query', { domain, filter });
  return numbers(expectStatus(answer, 200).memories).sort((a, b) => a - b);
}
const comparison = (op: string, field: string, value?: unknown) => ({
  op,
  field,
  ...(value !== undefined && { value }),
});

describe('a filter', () => {
  it.each([
    [comparison('eq', 'metadata.n', 3), [3]],
    [comparison('ne', 'agentId', 'even'), [1, 3, 5, 7, 9, 11]],
    [comparison('gt', 'importance', 4), [10, 11]],
    [comparison('gte', 'importance', 4), [8, 9, 10, 11]],
    [comparison('eq', 'importance', 3), [6, 7]],
    [comparison('ne', 'importance', 3), [0, 1, 2, 3, 4, 5, 8, 9, 10, 11]],
    [comparison('lte', 'importance', 1), [0, 1, 2, 3]],
    [comparison('in', 'importance', [1, 4]), [2, 3, 8, 9]],
    [comparison('lt', 'occurredAt', '2026-01-03T12:00:00Z'), [0, 1]],
    [comparison('lte', 'occurredAt', '2026-01-03T13:00:00+01:00'), [0, 1, 2]],
    [comparison('in', 'type', ['episodic', 'procedural']), [1, 2, 4, 5, 7, 8, 10, 11]],
    [comparison('nin', 'metadata.n', [0, 1, 2, 3, 4, 5, 6, 7, 8]), [9, 10, 11]],
    [comparison('contains', 'tags', 'tag 2'), [2]],
    [comparison('contains', 'content', 'NUMBER 1'), [1, 10, 11]],
    [comparison('contains', 'content', '0% sure_'), [5]],
    [comparison('contains', 'content', '%'), [5]],
    [comparison('exists', 'metadata.flag'), [7]],
    [comparison('exists', 'tags', false), [4, 5, 6, 7, 8, 9, 10, 11]],
    [comparison('eq', 'metadata.flag', true), [7]],
    [comparison('eq', 'metadata.n', '3'), []],
    [comparison('eq', 'content', "'; drop table strata.memories; --"), []],
    [comparison('eq', 'metadata.$where', '1'), []],
  ])('%j', async (filter, expected) => {
    expect(await matching(filter)).toEqual(expected);
  });

  it('is a tree of and, or and not', async () => {
    const tree = {
      op: 'and',
      filters: [
        { op: 'or', filters: [comparison('eq', 'agentId', 'odd'), comparison('lt', 'metadata.n', 3)] },
        { op: 'not', filter: comparison('contains', 'tags', 'first') },
        { op: 'not', filter: { op: 'not', filter: comparison('gte', 'importance', 3) } },
      ],
    };
    expect(await matching(tree)).toEqual([7, 9, 11]);
  });

  it.each([
    comparison('eq', 'importance', 'high'),
    comparison('gt', 'createdAt', 'yesterday'),
    comparison('eq', 'id', 'mem_1'),
    comparison('gt', 'tags', 'a'),
  ])('%j is refused, because the field is of another kind', async (filter) => {
    expectProblem(await api.post('/api/memory/query', { domain, filter }), 'invalid_filter');
  });
});

describe('pages', () => {
  const sort = [
    { field: 'importance', order: 'desc' },
    { field: 'occurredAt', order: 'asc' },
  ];

  it('hold every memory once, in order, also while memories are written', async () => {
    const seen: number[] = [];
    let cursor: string | undefined;
    let late = '';
    do {
      const page = expectStatus(await api.post('/api/memory/query', { domain, sort, limit: 5, cursor }), 200);
      seen.push(...numbers(page.memories));
      cursor = page.nextCursor;
      if (late === '') {
        const first = await api.post('/api/memory', { domain, content: 'Before all', importance: 10 });
        late = first.body.id;
      }
    } while (cursor !== undefined);
    await api.delete(`/api/memory/${late}?hard=true`);
    expect(seen).toEqual([10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1]);
  });

  it('refuse a cursor that was changed, cut, of another list or of another tenant', async () => {
    const body = { domain, sort, limit: 5 };
    const { nextCursor } = (await api.post('/api/memory/query', body)).body;
    const flipped = `${nextCursor[0] === 'A' ? 'B' : 'A'}${nextCursor.slice(1)}`;
    const { id } = (await api.post('/api/memory/query', { domain, limit: 1 })).body.memories[0];
    const refused = [
      await api.post('/api/memory/query', { ...body, cursor: nextCursor.slice(0, -4) }),
      await api.post('/api/memory/query', { ...body, cursor: flipped }),
      await api.post('/api/memory/query', { ...body, cursor: 'x' }),
      await api.post('/api/memory/query', { domain, cursor: nextCursor }),
      await other.post('/api/memory/query', { ...body, cursor: nextCursor }),
      await api.get(`/api/memory/${id}/versions`, { query: { cursor: nextCursor } }),
    ];
    for (const answer of refused) expectProblem(answer, 'invalid_cursor');
    expectStatus(await api.post('/api/memory/query', { ...body, cursor: nextCursor }), 200);
  });

  it('leave deleted memories out unless they are asked for', async () => {
    const { id } = (await api.post('/api/memory', { domain, content: 'Deleted', metadata: { n: 99 } })).body;
    await api.delete(`/api/memory/${id}`);
    const filter = comparison('eq', 'metadata.n', 99);
    expect(await matching(filter)).toEqual([]);
    const answer = await api.post('/api/memory/query', { domain, filter, includeDeleted: true });
    expect(answer.body.memories).toMatchObject([{ id, deletedAt: expect.any(String) }]);
    await api.delete(`/api/memory/${id}?hard=true`);
  });
});

describe('aggregations', () => {
  it('count by type, agent, tag and day, and average the importance on the scale of the wire', async () => {
    const all = expectStatus(await api.get('/api/memory/aggregations', { query: { domain } }), 200);
    expect(all.total).toMatchObject({ count: 12, averageImportance: 2.5 });
    expect(all.byType).toEqual({ semantic: 4, episodic: 4, procedural: 4 });
    expect(all.byAgent).toEqual({ even: 6, odd: 6 });
    expect(all.byTag).toEqual({ first: 4, 'tag 0': 1, 'tag 1': 1, 'tag 2': 1, 'tag 3': 1 });
    expect(all.byDay['2026-01-12']).toBe(1);
    expect(all).not.toHaveProperty('groups');
  });

  it.each([
    ['agentId', { agentId: 'odd' }, [['odd', 6, 2.5]]],
    ['month', { since: '2026-01-09T00:00:00Z' }, [['2026-01', 4, 4.5]]],
    ['type', { memoryType: 'episodic', until: '2026-01-03T00:00:00Z' }, [['episodic', 1, 0]]],
  ] as const)('by %s within %j', async (groupBy, query, expected) => {
    const answer = await api.get('/api/memory/aggregations', { query: { domain, groupBy, ...query } });
    const groups = expectStatus(answer, 200).groups as Json[];
    expect(groups.map((group) => [group.key, group.count, group.averageImportance])).toEqual(expected);
  });
});
