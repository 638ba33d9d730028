import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { isRemote, openTarget, type Target, unique } from './support/target.ts';
import { axis } from './support/vectors.ts';

let target: Target;
let api: Http;
const domain = unique('recall');
const conversationId = unique('talk');
const ids: Record<string, string> = {};
const names = new Map<string, string>();

const memories = {
  puppy: { content: 'We adopted a puppy last weekend', agentId: 'Jonas', importance: 2 },
  budget: { content: 'The quarterly budget review moved to Thursday', agentId: 'Priya', importance: 9 },
  disk: { content: 'The staging cluster ran out of disk space', memoryType: 'episodic', userId: 'u-1' },
  licence: { content: 'Error ZX-4471 means that the licence has expired', memoryType: 'procedural' },
  lunch: { content: 'The canteen serves vegetarian lasagna on Mondays', tags: ['food'], importance: 0 },
  contract: { content: 'Hooli Inc signed the framework agreement', embedding: axis(7) },
};

async function store(name: string, item: object): Promise<Json> {
  const body = expectStatus(await api.post('/api/memory', { domain, ...item }), 201);
  ids[name] = body.id;
  names.set(body.id, name);
  return body;
}
const search = async (body: object): Promise<Json> =>
  expectStatus(await api.post('/api/memory/search', { domain, ...body }), 200);
const found = (results: Json[]) => results.map((hit) => names.get(hit.memory.id));
const find = async (body: object) => found((await search(body)).results);

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
  for (const [name, item] of Object.entries(memories)) await store(name, item);
});
afterAll(async () => {
  for (const id of Object.values(ids)) await api.delete(`/api/memory/${id}?hard=true`);
  await target.close();
});

describe('recall', () => {
  it.each([
    ['my dog', 'puppy'],
    ['where can I eat without meat', 'lunch'],
    ['hard drive is full on the test servers', 'disk'],
  ])('finds by meaning: %s', async (query, expected) => {
    const { results } = await search({ query, limit: 1 });
    expect(found(results)).toEqual([expected]);
    expect(results[0].arms.vector).toBeGreaterThan(0.1);
    if (expected === 'puppy') expect(results[0].arms.lexical).toBe(0);
  });

  it.each([
    ['ZX-4471', 'licence'],
    ['quarterly', 'budget'],
    ['lasagnas', 'lunch'],
  ])('finds by a word, inflected or not: %s', async (query, expected) => {
    const { results } = await search({ query, limit: 1 });
    expect(found(results)).toEqual([expected]);
    expect(results[0].arms.lexical).toBe(1);
  });

  it('finds by the author whom the question names', async () => {
    for (const agentId of ['Lena', 'Omar'])
      await store(agentId, { content: 'I will deploy on Friday', agentId });
    for (const agentId of ['Lena', 'Omar']) {
      const { results } = await search({ query: `When will ${agentId} deploy?`, explain: true });
      expect(found(results)[0]).toBe(agentId);
      const authors = results.map((hit: Json) => [hit.memory.agentId === agentId, hit.explain.author.value]);
      for (const [named, value] of authors) expect(value).toBe(named ? 1 : 0);
    }
  });

  it('finds what shares an entity with the question, over the graph', async () => {
    const { entities } = (await api.get(`/api/memory/${ids.contract}`)).body.memory;
    const hooli = entities.find((entity: Json) => entity.normalized.startsWith('hooli'));
    const { type, value, normalized } = hooli;
    await store('archive', { content: 'Shelf nine, second row', entities: [{ type, value, normalized }] });
    // a deployed graph may take longer than a recall waits when it makes a plan for the first time
    const ask = async () => {
      const answer = await search({ query: 'What do we have about Hooli Inc?', limit: 200 });
      expect(answer.warnings).toEqual([]);
      return answer.results;
    };
    const results = isRemote ? await vi.waitFor(ask, { timeout: 10_000 }) : await ask();
    const archive = results.find((hit: Json) => hit.memory.id === ids.archive);
    expect(archive.arms).toMatchObject({ lexical: 0, graph: expect.any(Number) });
    expect(archive.arms.graph).toBeGreaterThan(0);
    expect(found(results)[0]).toBe('contract');
  });

  it('finds by a vector of the caller, with and without words', async () => {
    expect(await find({ embedding: axis(7), limit: 1 })).toEqual(['contract']);
    expect(await find({ embedding: axis(7), query: 'lasagna', limit: 2 })).toEqual(
      expect.arrayContaining(['contract', 'lunch']),
    );
  });

  it('counts what it answers as accessed', async () => {
    const count = async () =>
      (await api.get(`/api/memory/${ids.lunch}?include=embedding`)).body.memory.accessCount;
    const before = await count();
    await search({ query: 'lasagna', limit: 1 });
    expect(await count()).toBe(before + 2);
  });
});

describe('scores', () => {
  it('are the sum of components that explain shows', async () => {
    const { results, metadata } = await search({ query: 'the budget of Priya', explain: true });
    expect(metadata.candidates).toBeGreaterThanOrEqual(results.length);
    const scores = results.map((hit: Json) => hit.score);
    expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a));
    for (const { score, arms, explain } of results) {
      expect(Object.keys(arms).sort()).toEqual(['graph', 'lexical', 'recency', 'vector']);
      const parts = ['own', 'previous', 'episode', 'author', 'vector', 'length', 'graph'];
      expect(Object.keys(explain).sort()).toEqual([...parts, 'importance', 'recency', 'similarity'].sort());
      for (const { normalized, weight, contribution } of Object.values<Json>(explain)) {
        expect(contribution).toBeCloseTo(normalized * weight, 6);
      }
      const { similarity, importance, recency } = explain;
      const sum = similarity.contribution + importance.contribution + recency.contribution;
      expect(score).toBeCloseTo(Math.min(1, Math.max(0, sum)), 6);
    }
    expect(results[0]).not.toHaveProperty('memory.embedding');
    const plain = await search({ query: 'the budget of Priya' });
    expect(plain.results[0]).not.toHaveProperty('explain');
  });

  it('are at or above the threshold', async () => {
    const all = await search({ query: 'budget' });
    const middle = all.results[1].score;
    const some = await search({ query: 'budget', threshold: middle });
    for (const { score } of some.results) expect(score).toBeGreaterThanOrEqual(middle - 1e-6);
    expect(some.results.length).toBeLessThan(all.results.length);
  });

  it('are weighed as the request says', async () => {
    const weights = { similarity: 0, importance: 1, recency: 0 };
    const { results } = await search({ query: 'the canteen and the budget', weights, limit: 200 });
    const importance = results.map((hit: Json) => hit.memory.importance);
    expect(importance).toEqual(importance.toSorted((a: number, b: number) => b - a));
    expect(results[0].score).toBeCloseTo(0.9, 5);
  });
});

describe('a scope', () => {
  it.each([
    [{ agentId: 'Priya' }, ['budget']],
    [{ userId: 'u-1' }, ['disk']],
    [{ memoryTypes: ['procedural', 'episodic'] }, ['disk', 'licence']],
    [{ filter: { op: 'eq', field: 'tags', value: 'food' } }, ['lunch']],
    [{ filter: { op: 'gte', field: 'importance', value: 9 } }, ['budget']],
    [{ tiers: ['cold'] }, []],
    [{ domain: 'nowhere' }, []],
    [{ conversationId: 'nowhere' }, []],
  ])('%j bounds what is found', async (scope, expected) => {
    const hits = await find({ query: 'licence lasagna budget disk puppy', limit: 200, ...scope });
    expect(hits.toSorted()).toEqual(expected);
  });

  it('of another time is refused, not ignored', async () => {
    const answer = await api.post('/api/memory/search', { query: 'x', asOf: '2026-01-01T00:00:00Z' });
    expectProblem(answer, 'validation_failed');
  });
});

describe('a conversation', () => {
  it('gives each turn the words of the turn before it', async () => {
    const turns = [
      'What is your favourite season of the year?',
      'Autumn, without a doubt',
      'Shall we go on?',
    ];
    for (const [n, content] of turns.entries()) {
      const occurredAt = `2026-05-01T10:0${n}:00Z`;
      await store(`turn ${n}`, {
        content,
        conversationId,
        memoryType: 'episodic',
        agentId: `speaker ${n % 2}`,
        occurredAt,
      });
    }
    const { results } = await search({ query: 'favourite season', conversationId, explain: true });
    expect(found(results).slice(0, 2)).toEqual(['turn 0', 'turn 1']);
    expect(results[1].explain.previous.value).toBeGreaterThan(0);
    expect(results[1].explain.own.value).toBe(0);
    expect(results[1].explain.episode.value).toBeGreaterThan(0);
  });
});
