import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { openTarget, type Target, unique } from './support/target.ts';
import { axis, between, cosine, dimension } from './support/vectors.ts';

let target: Target;
let api: Http;
const domain = unique('writes');

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
});
afterAll(() => target.close());

const inDomain = async (more: object = {}): Promise<Json[]> =>
  expectStatus(await api.post('/api/memory/query', { domain, limit: 200, ...more }), 200).memories;

describe('a batch', () => {
  it('stores 500 at once, each as itself', async () => {
    const batch = unique('batch');
    const items = Array.from({ length: 500 }, (_, n) => ({
      domain: batch,
      content: `Observation ${n} of the night shift`,
      importance: n % 11,
      extractEntities: false,
    }));
    const { results, metadata } = expectStatus(await api.post('/api/memory/batch', { items }), 207);
    expect(results.map((result: Json) => result.index)).toEqual(items.map((_, n) => n));
    expect(new Set(results.map((result: Json) => `${result.status} ${result.version}`))).toEqual(
      new Set(['201 1']),
    );
    expect(new Set(results.map((result: Json) => result.id)).size).toBe(500);
    expect(metadata.vectorWriteSuccess).toBe(true);
    const { total } = (await api.get('/api/memory/aggregations', { query: { domain: batch } })).body;
    expect(total.count).toBe(500);
    expect((await api.get(`/api/memory/${results[499].id}`)).body.memory).toMatchObject({
      content: 'Observation 499 of the night shift',
      importance: 4,
    });
  });

  it('refuses bad items alone', async () => {
    const externalId = unique('twice');
    const items = [
      { domain, content: 'good', externalId },
      { domain, content: '' },
      { domain, content: 'importance', importance: 11 },
      { domain, content: 'good again', externalId },
      { domain, content: 'unknown field', colour: 'red' },
      'not an object',
      { domain, content: { also: 'good' } },
      { domain, content: 'a vector of another dimension', embedding: [1, 2, 3] },
    ];
    await api.post('/api/memory', { content: 'fixes the dimension', embedding: axis(0) });
    const { results, metadata } = expectStatus(await api.post('/api/memory/batch', { items }), 207);
    expect(results.map((result: Json) => [result.status, result.code])).toEqual([
      [201, undefined],
      [400, 'validation_failed'],
      [400, 'validation_failed'],
      [409, 'external_id_conflict'],
      [400, 'validation_failed'],
      [400, 'validation_failed'],
      [201, undefined],
      [400, 'dimension_mismatch'],
    ]);
    expect(results[2].detail).toMatch(/importance/);
    expect(metadata.vectorWriteSuccess).toBe(false);
    const stored = (await inDomain()).map((memory) => memory.id).toSorted();
    expect(stored).toEqual([results[0].id, results[6].id].toSorted());
  });

  it.each([
    ['no items', { items: [] }],
    ['501 items', { items: Array.from({ length: 501 }, () => ({ content: 'x' })) }],
  ])('refuses %s as a whole', async (_name, body) => {
    expectProblem(await api.post('/api/memory/batch', body), 'validation_failed');
  });
});

describe("the caller's own vectors", () => {
  it('are answered when asked for, changed by an update, and compared by cosine', async () => {
    const near = between(axis(1), axis(2), 0.75);
    const a = expectStatus(
      await api.post('/api/memory', { domain, content: 'east', embedding: axis(1) }),
      201,
    );
    const b = expectStatus(
      await api.post('/api/memory', { domain, content: 'north', embedding: axis(2) }),
      201,
    );
    const { results } = expectStatus(
      await api.post('/api/memory/search/similarity', { domain, embedding: near, threshold: 0.1 }),
      200,
    );
    expect(results.map((hit: Json) => hit.memory.id)).toEqual([a.id, b.id]);
    expect(results[0].score).toBeCloseTo(cosine(near, axis(1)), 3);
    expect(results[1].score).toBeCloseTo(cosine(near, axis(2)), 3);
    expect(results[0].memory).not.toHaveProperty('embedding');

    const { body } = await api.patch(`/api/memory/${b.id}`, { embedding: axis(1) });
    expect(body.version).toBe(2);
    const { memory } = (await api.get(`/api/memory/${b.id}?include=embedding`)).body;
    expect(memory.embedding).toHaveLength(dimension);
    expect(memory.embedding[1]).toBeCloseTo(1, 3);
    const again = await api.post('/api/memory/search/similarity', {
      domain,
      embedding: axis(1),
      threshold: 0.99,
    });
    expect(again.body.results).toHaveLength(2);
  });

  it('of another dimension are refused with both numbers, and nothing is stored', async () => {
    const before = (await inDomain()).length;
    const refused = await api.post('/api/memory', { domain, content: 'short', embedding: [1, 2, 3] });
    expect(expectProblem(refused, 'dimension_mismatch').details).toEqual({ given: 3, expected: dimension });
    const searched = await api.post('/api/memory/search/similarity', { embedding: [1, 2, 3] });
    expect(expectProblem(searched, 'dimension_mismatch').details).toEqual({ given: 3, expected: dimension });
    expect(await inDomain()).toHaveLength(before);
  });
});

describe('content', () => {
  it('may be an object, found by its keys and its values', async () => {
    const content = { clauseType: 'automatic_renewal', parties: ['Initech', 'Hooli'], notice: { days: 30 } };
    const { id, memory } = expectStatus(await api.post('/api/memory', { domain, content }), 201);
    expect(memory.content).toEqual(content);
    expect((await api.get(`/api/memory/${id}`)).body.memory.content).toEqual(content);
    for (const query of ['clause type', 'automatic renewal', 'Hooli', 'notice days']) {
      const { results } = (await api.post('/api/memory/search', { domain, query, limit: 1 })).body;
      expect(results[0].memory.id, query).toBe(id);
    }
  });

  it('has no personal data left, and a warning says what was taken out', async () => {
    const { memory, warnings } = expectStatus(
      await api.post('/api/memory', {
        domain,
        content: 'Write to jane@example.com, card 4111 1111 1111 1111',
      }),
      201,
    );
    expect(memory.content).toBe('Write to [email], card [card]');
    expect(warnings).toMatchObject([{ code: 'personal_data_redacted', found: { email: 1, card: 1 } }]);
    const kept = JSON.stringify(await inDomain());
    expect(kept).not.toContain('jane@');
    expect(kept).not.toContain('4111');
  });
});

describe('importance', () => {
  it.each([0, 0.001, 3.3, 7.77, 10])('%d is kept as it was given', async (importance) => {
    const { id } = (await api.post('/api/memory', { domain, content: 'Weighed', importance })).body;
    expect((await api.get(`/api/memory/${id}?include=embedding`)).body.memory.importance).toBe(importance);
  });

  it('is the same on both scales', async () => {
    const message = { conversation_id: unique('scale'), role: 'user', content: 'Scaled', importance: 0.7 };
    const { id, importance } = expectStatus(await api.post('/v1/messages', message), 201);
    expect(importance).toBe(0.7);
    expect((await api.get(`/api/memory/${id}`)).body.memory.importance).toBe(7);
  });
});

describe('working memory', () => {
  it('lasts a day unless it says otherwise', async () => {
    const { memory } = (await api.post('/api/memory', { content: 'scratch', memoryType: 'working' })).body;
    expect(Date.parse(memory.expiresAt) - Date.parse(memory.createdAt)).toBeCloseTo(86_400_000, -4);
    const { body } = await api.patch(`/api/memory/${memory.id}`, { ttlSeconds: null });
    expect(body.memory).not.toHaveProperty('expiresAt');
  });

  it('is nowhere to be found when its time is over', async () => {
    const memory = { domain, content: 'gone in a second', memoryType: 'working', ttlSeconds: 1 };
    const { id } = expectStatus(await api.post('/api/memory', memory), 201);
    await vi.waitFor(async () => expectProblem(await api.get(`/api/memory/${id}`), 'not_found'), {
      timeout: 5_000,
      interval: 100,
    });
    expect((await inDomain({ memoryTypes: ['working'] })).map((found) => found.id)).not.toContain(id);
    const { results } = (await api.post('/api/memory/search', { domain, query: 'gone in a second' })).body;
    expect(results.map((hit: Json) => hit.memory.id)).not.toContain(id);
  });
});
