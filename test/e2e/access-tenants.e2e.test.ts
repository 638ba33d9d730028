import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { callerOfAnyTenant, hasAnyTenant } from './support/any-tenant.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { isRemote, openTarget, type Target, unique } from './support/target.ts';
import { seedVector } from './support/vectors.ts';

let target: Target;
let mine: Http;
let theirs: Http;
let id: string;
let cursor: string;
const canary = unique('canary');
const secret = 'The merger with Initech is planned for March';

beforeAll(async () => {
  target = await openTarget();
  [mine, theirs] = [await target.as('a'), await target.as('b')];
  const memory = {
    externalId: canary,
    agentId: canary,
    domain: canary,
    conversationId: canary,
    content: secret,
    tags: [canary],
    embedding: seedVector,
    entities: [{ type: 'organization', value: 'Initech' }],
  };
  id = expectStatus(await mine.post('/api/memory', memory), 201).id;
  await mine.post('/api/memory', { domain: canary, content: 'A second one' });
  cursor = (await mine.post('/api/memory/query', { domain: canary, limit: 1 })).body.nextCursor;
});
afterAll(() => target.close());

describe('the memory of another tenant', () => {
  it.each<[string, (http: Http) => ReturnType<Http['get']>]>([
    ['read', (http) => http.get(`/api/memory/${id}`)],
    ['read with its vector', (http) => http.get(`/api/memory/${id}?include=embedding`)],
    ['updated', (http) => http.patch(`/api/memory/${id}`, { content: 'taken over' })],
    [
      'updated under another path',
      (http) => http.patch('/memory/update', { id, changes: { importance: 1 } }),
    ],
    ['deleted', (http) => http.delete(`/api/memory/${id}`)],
    ['erased', (http) => http.delete(`/api/memory/${id}?hard=true&cascadeGraph=true`)],
    ['forgotten', (http) => http.delete(`/memory/forget?id=${id}&hard=true`)],
    ['walked from', (http) => http.get(`/api/memory/${id}/related`)],
    ['looked up in its history', (http) => http.get(`/api/memory/${id}/versions`)],
    ['the source of an edge', (http) => http.post('/api/memory/relationships', { source: id, target: id })],
    [
      'the source of an edge by name',
      (http) => http.post('/api/memory/relationships', { source: canary, target: id }),
    ],
  ])('cannot be %s', async (_name, request) => {
    const answer = await request(theirs);
    expectProblem(answer, 'not_found');
    expect(answer.text).not.toContain(canary);
  });

  it('is in no list, search, count or context', async () => {
    const answers = await Promise.all([
      theirs.post('/api/memory/query', { includeDeleted: true }),
      theirs.post('/api/memory/query', { filter: { op: 'eq', field: 'id', value: id } }),
      theirs.post('/api/memory/query', {
        filter: { op: 'not', filter: { op: 'eq', field: 'domain', value: 'x' } },
      }),
      theirs.post('/api/memory/search', { query: secret }),
      theirs.post('/api/memory/search', { query: `${canary} Initech`, explain: true }),
      theirs.post('/api/memory/search/similarity', { embedding: seedVector }),
      theirs.post('/api/memory/context', { query: secret, conversationId: canary }),
      theirs.get('/v1/memory/search', { query: { query: secret, conversation_id: canary } }),
      theirs.get('/memory/recall', { query: { query: secret } }),
      theirs.get('/api/memory/aggregations'),
    ]);
    for (const answer of answers) {
      expectStatus(answer, 200);
      expect(answer.text).not.toContain(canary);
      expect(answer.text).not.toContain('merger');
      expect(answer.text).not.toContain(id);
    }
    const { total } = (await theirs.get('/api/memory/aggregations', { query: { domain: canary } })).body;
    expect(total.count).toBe(0);
  });

  it('is not the target of an edge, nor joined by an entity', async () => {
    const item = { content: 'Initech again', relationships: [{ target: id }, { target: canary }] };
    const stored = expectStatus(await theirs.post('/api/memory', item), 201);
    expect(stored.warnings.map((warning: Json) => warning.code)).toEqual(
      Array(2).fill('unresolved_reference'),
    );
    const { related } = expectStatus(await theirs.get(`/api/memory/${stored.id}/related?depth=3`), 200);
    expect(related).toEqual([]);
    expect((await mine.get(`/api/memory/${id}/related`)).text).not.toContain(stored.id);
    await theirs.delete(`/api/memory/${stored.id}?hard=true`);
  });

  it('keeps its name for its tenant alone', async () => {
    const stored = await theirs.post('/api/memory', { externalId: canary, content: 'The same name' });
    expect(expectStatus(stored, 201).id).not.toBe(id);
    await theirs.delete(`/api/memory/${stored.body.id}?hard=true`);
  });

  it('keeps its cursors', async () => {
    expectProblem(
      await theirs.post('/api/memory/query', { domain: canary, limit: 1, cursor }),
      'invalid_cursor',
    );
    expectStatus(await mine.post('/api/memory/query', { domain: canary, limit: 1, cursor }), 200);
  });

  it('is unchanged after all that', async () => {
    const { memory } = expectStatus(await mine.get(`/api/memory/${id}`), 200);
    expect(memory).toMatchObject({ version: 1, content: secret });
  });
});

describe('a tenant named in the request', () => {
  it.each(['globex', 'ACME', 'acme ', '*', ''])('%j is not the one of the token', async (tenant_id) => {
    const message = { tenant_id, conversation_id: 'c', role: 'user', content: 'x' };
    const code = tenant_id === '' ? 'validation_failed' : 'tenant_mismatch';
    expectProblem(await mine.post('/v1/messages', message), code);
    expectProblem(await mine.get('/v1/memory/search', { query: { tenant_id, query: 'x' } }), code);
  });

  it('counts for nothing in a header', async () => {
    const spoofed = theirs.with({ 'x-tenant-id': 'acme', 'tenant-id': 'acme', 'x-amzn-tenant': 'acme' });
    expectProblem(await spoofed.get(`/api/memory/${id}`), 'not_found');
  });
});

describe.skipIf(!hasAnyTenant)('tenants whose names look alike', () => {
  // in front, so that what makes them alike stays; a service elsewhere has those of earlier runs
  const run = isRemote ? unique('run') : '';
  const names = [
    '1',
    '10',
    'a:b',
    'a',
    'b',
    'a ',
    ' a',
    'A',
    'caf\u00e9',
    'cafe\u0301',
    '%',
    '_',
    'a%',
    "a'b",
    'a/b',
    'a#b',
    '*',
    'null',
  ].map((name) => `${run}${name}`);

  it('never meet', async () => {
    const tenants = await Promise.all(
      names.map(async (name) => ({ name, http: await callerOfAnyTenant(target, name) })),
    );
    const ids = new Map<string, string>();
    for (const { name, http } of tenants) {
      const stored = await http.post('/api/memory', { externalId: 'same', content: `Belongs to <${name}>` });
      ids.set(name, expectStatus(stored, 201).id);
    }
    for (const { name, http } of tenants) {
      const { memories } = expectStatus(await http.post('/api/memory/query', {}), 200);
      expect(memories.map((memory: Json) => memory.content)).toEqual([`Belongs to <${name}>`]);
      const { results } = expectStatus(await http.post('/api/memory/search', { query: 'belongs' }), 200);
      expect(results.map((hit: Json) => hit.memory.id)).toEqual([ids.get(name)]);
      const { metrics } = expectStatus(await http.get('/api/persistence/status'), 200);
      expect(metrics).toMatchObject({ vectorStoreCount: 1, graphStoreCount: 1 });
      // read twice: the second answer comes from the cache
      for (const [owner, memoryId] of ids) {
        for (const _ of [1, 2])
          expect((await http.get(`/api/memory/${memoryId}`)).status).toBe(owner === name ? 200 : 404);
      }
    }
  });
});
