import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { openTarget, type Target, unique } from './support/target.ts';

let target: Target;
let api: Http;
const names = new Map<string, string>();
const ids = new Map<string, string>();
/** External ids of this run by their short names. */
const named = (name: string) => names.get(name) ?? name;
const idOf = (name: string) => ids.get(name) ?? '';

async function store(name: string, more: object = {}): Promise<Json> {
  names.set(name, unique(name));
  const body = { externalId: named(name), content: `The memory ${name}`, extractEntities: false, ...more };
  const answer = expectStatus(await api.post('/api/memory', body), 201);
  ids.set(name, answer.id);
  return answer;
}
const relate = (source: string, to: string, more: object = {}) =>
  api.post('/api/memory/relationships', { source: named(source), target: named(to), ...more });
/** What is reached, as `name depth weight`. */
async function reached(name: string, query: Record<string, string | number> = {}): Promise<string[]> {
  const { related } = expectStatus(await api.get(`/api/memory/${idOf(name)}/related`, { query }), 200);
  const short = new Map([...ids].map(([key, id]) => [id, key]));
  return related.map((hit: Json) => `${short.get(hit.memory.id)} ${hit.depth} ${hit.weight}`).sort();
}

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
  for (const name of ['decision', 'cause', 'root', 'report']) await store(name);
});
afterAll(async () => {
  for (const id of ids.values()) await api.delete(`/api/memory/${id}?hard=true`);
  await target.close();
});

describe('an edge', () => {
  it('is named by id or external id, typed and weighted, and raises its source', async () => {
    const answer = await relate('decision', 'cause', { type: 'CAUSED_BY', weight: 0.5 });
    expect(expectStatus(answer, 201)).toMatchObject({
      id: idOf('decision'),
      version: 2,
      relationship: {
        source: idOf('decision'),
        target: named('cause'),
        targetId: idOf('cause'),
        type: 'CAUSED_BY',
        weight: 0.5,
      },
      metadata: { graphWriteSuccess: true },
      warnings: [],
    });
    const byId = await api.post('/api/memory/relationships', {
      source: idOf('cause'),
      target: idOf('root'),
      type: 'CAUSED_BY',
      weight: 0.8,
    });
    expect(expectStatus(byId, 201).relationship.targetId).toBe(idOf('root'));
    expect(expectStatus(await relate('report', 'decision', { type: 'REFERENCES' }), 201).version).toBe(2);
  });

  it('is replaced by one of the same type and target', async () => {
    expect(expectStatus(await relate('cause', 'report', { weight: 0.1 }), 201).version).toBe(3);
    await relate('cause', 'report', { weight: 0.25 });
    const { memory } = (await api.get(`/api/memory/${idOf('cause')}`)).body;
    expect(memory.relationships).toHaveLength(2);
    expect(memory.relationships).toContainEqual({
      target: named('report'),
      targetId: idOf('report'),
      type: 'RELATED_TO',
      weight: 0.25,
    });
  });

  it('is kept in the versions of its source', async () => {
    const { versions } = (await api.get(`/api/memory/${idOf('decision')}/versions`)).body;
    expect(versions.map((entry: Json) => [entry.version, entry.operation])).toEqual([
      [2, 'related'],
      [1, 'created'],
    ]);
  });

  it.each([
    ['an unknown source', { source: 'nobody-at-all', target: 'decision' }, 'not_found'],
    ['a type outside the list', { source: 'x', target: 'y', type: 'LIKES' }, 'validation_failed'],
    [
      'a type with Cypher in it',
      { source: 'x', target: 'y', type: 'A`]->() DETACH DELETE n //' },
      'validation_failed',
    ],
    ['a weight above 1', { source: 'x', target: 'y', weight: 1.5 }, 'validation_failed'],
  ] as const)('is refused for %s', async (_name, body, code) => {
    expectProblem(await api.post('/api/memory/relationships', body), code);
  });
});

describe('related', () => {
  it('walks two edges by default, in both directions, and multiplies their weights', async () => {
    expect(await reached('decision', { depth: 1 })).toEqual(['cause 1 0.5', 'report 1 1']);
    expect(await reached('decision')).toEqual(['cause 1 0.5', 'report 1 1', 'root 2 0.4']);
  });

  it('walks the named types alone', async () => {
    expect(await reached('decision', { types: 'CAUSED_BY', depth: 3 })).toEqual([
      'cause 1 0.5',
      'root 2 0.4',
    ]);
    expect(await reached('decision', { types: 'REFERENCES,CAUSED_BY', depth: 1 })).toEqual([
      'cause 1 0.5',
      'report 1 1',
    ]);
    expect(await reached('decision', { types: 'SUPPORTS' })).toEqual([]);
  });

  it('answers no more than the limit, nearest first', async () => {
    const { related } = (await api.get(`/api/memory/${idOf('decision')}/related?limit=2`)).body;
    expect(related.map((hit: Json) => hit.depth)).toEqual([1, 1]);
  });

  it('tells the way', async () => {
    const { related } = (await api.get(`/api/memory/${idOf('decision')}/related?types=CAUSED_BY`)).body;
    const root = related.find((hit: Json) => hit.memory.id === idOf('root'));
    expect(root.path).toEqual([
      { type: 'CAUSED_BY', from: idOf('decision'), to: idOf('cause'), weight: 0.5 },
      { type: 'CAUSED_BY', from: idOf('cause'), to: idOf('root'), weight: 0.8 },
    ]);
  });

  it.each(['depth=0', 'depth=6', 'depth=x', 'types=LIKES', 'limit=0', 'limit=201'])(
    'refuses %s',
    async (query) => {
      expectProblem(await api.get(`/api/memory/${idOf('decision')}/related?${query}`), 'validation_failed');
    },
  );
});

describe('a reference to a memory that is not there yet', () => {
  it('is kept with a warning and becomes an edge when it arrives, in any order', async () => {
    const late = unique('late');
    const early = await store('early', {
      relationships: { relatedMemories: [late], edges: [{ target: late, type: 'SUPPORTS', weight: 0.5 }] },
    });
    expect(early.warnings).toHaveLength(2);
    expect(early.warnings[0]).toMatchObject({ code: 'unresolved_reference', reference: late });
    expect(await reached('early')).toEqual([]);

    names.set('late', late);
    const { id } = expectStatus(await api.post('/api/memory', { externalId: late, content: 'Late' }), 201);
    ids.set('late', id);
    expect(await reached('early', { types: 'SUPPORTS' })).toEqual(['late 1 0.5']);
    expect(await reached('late', { types: 'RELATED_TO' })).toEqual(['early 1 1']);
    const { memory } = (await api.get(`/api/memory/${idOf('early')}?include=embedding`)).body;
    expect(memory.relationships.map((edge: Json) => edge.targetId)).toEqual([id, id]);
  });

  it('goes with the target, and does not come back', async () => {
    await api.delete(`/api/memory/${idOf('late')}?hard=true`);
    expect(await reached('early')).toEqual([]);
    expectProblem(await api.get(`/api/memory/${idOf('late')}/related`), 'not_found');
  });
});
