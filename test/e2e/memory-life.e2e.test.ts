import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { openTarget, type Target, unique } from './support/target.ts';

/** One memory from its first version to its erasure; each test goes on where the one before it ended. */
let target: Target;
let api: Http;
let id: string;
const externalId = unique('pref');
const nowhere = '019f0000-0000-7000-8000-000000000000';
const path = () => `/api/memory/${id}`;

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
});
afterAll(() => target.close());

describe('the life of a memory', () => {
  it('begins at version 1, whose number is the entity tag', async () => {
    const answer = await api.post('/api/memory', {
      externalId,
      agentId: 'planner',
      content: 'Melanie prefers morning meetings',
      tags: ['meetings'],
      importance: 7.5,
      domain: 'scheduling',
      occurredAt: '2026-03-01T10:00:00+02:00',
      metadata: { source: { page: 4 } },
    });
    const { memory, warnings } = expectStatus(answer, 201);
    id = memory.id;
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(memory).toMatchObject({
      externalId,
      occurredAt: '2026-03-01T08:00:00.000Z',
      importance: 7.5,
      type: 'semantic',
      metadata: { source: { page: 4 } },
    });
    expect(memory.createdAt).toBe(memory.updatedAt);
    expect(warnings).toEqual([]);
  });

  it('is read from the cache, and not there when its vector is asked for', async () => {
    const first = expectStatus(await api.get(path()), 200).memory;
    const second = expectStatus(await api.get(path()), 200).memory;
    expect(second.tier).toBe('hot');
    expect({ ...second, tier: first.tier }).toEqual(first);
    expect(expectStatus(await api.get(`${path()}?include=embedding`), 200).memory.tier).toBe('warm');
    expect(expectStatus(await api.get(`/api/memory/${id.toUpperCase()}`), 200).memory.id).toBe(id);
  });

  it('is updated by who knows its version', async () => {
    const answer = await api.patch(
      path(),
      { content: 'Melanie prefers afternoon meetings', domain: null, reason: 'she said so' },
      { headers: { 'if-match': '"1"' } },
    );
    const { version, memory } = expectStatus(answer, 200);
    expect([version, answer.headers.get('etag')]).toEqual([2, '"2"']);
    expect(memory).not.toHaveProperty('domain');
    expect(memory).toMatchObject({ content: 'Melanie prefers afternoon meetings', tags: ['meetings'] });
  });

  it('is not updated by who knows an older one, and stays as it is', async () => {
    const stale = { headers: { 'if-match': '"1"' } };
    const refused = await api.patch(path(), { content: 'lost update' }, stale);
    expect(expectProblem(refused, 'version_conflict').details).toEqual({ currentVersion: 2 });
    expectProblem(await api.delete(path(), stale), 'version_conflict');
    expect((await api.get(path())).body.memory).toMatchObject({
      version: 2,
      content: 'Melanie prefers afternoon meetings',
    });
  });

  it('is updated by four at once without one being lost', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) => api.patch(path(), { importance: n + 1, reason: `parallel ${n}` })),
    );
    const versions = answers.map((answer) => expectStatus(answer, 200).version);
    expect(versions.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6]);
    const last = answers.find((answer) => answer.body.version === 6);
    expect((await api.get(path())).body.memory.importance).toBe(last?.body.memory.importance);
  });

  it('is brought to a new state by its external id', async () => {
    const answer = await api.post('/api/memory', {
      externalId,
      agentId: 'importer',
      content: 'Melanie prefers evening meetings',
    });
    expect(expectStatus(answer, 200)).toMatchObject({ id, version: 7, memory: { agentId: 'importer' } });
    expect(answer.body.memory.tags).toEqual([]);
    expect((await api.get(path())).body.memory.content).toBe('Melanie prefers evening meetings');
  });

  it('knows every version, who made it and why, a page at a time', async () => {
    const first = expectStatus(await api.get(`${path()}/versions?limit=5`), 200);
    const second = expectStatus(
      await api.get(`${path()}/versions`, { query: { limit: 5, cursor: first.nextCursor } }),
      200,
    );
    expect(second.nextCursor).toBeUndefined();
    const versions = [...first.versions, ...second.versions];
    expect(versions.map((entry: Json) => entry.version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    const [newest] = versions;
    expect(newest).toMatchObject({ operation: 'updated', memory: { agentId: 'importer' } });
    expect(versions.at(-2)).toMatchObject({ operation: 'updated', reason: 'she said so' });
    expect(versions.at(-1)).toMatchObject({
      operation: 'created',
      changedBy: expect.stringMatching(/.+/),
      memory: { content: 'Melanie prefers morning meetings', importance: 7.5, domain: 'scheduling' },
    });
    expectProblem(await api.get(`/api/memory/${nowhere}/versions`), 'not_found');
  });

  it('is gone after a soft delete, but not its history', async () => {
    const deleted = await api.delete(path(), { query: { reason: 'moved away' } });
    expect(expectStatus(deleted, 200)).toMatchObject({ id, version: 8, hard: false });
    expect(deleted.body.receipt[0]).toEqual({ store: 'postgres', outcome: 'marked deleted', count: 1 });
    expectProblem(await api.get(path()), 'gone');
    expectProblem(await api.patch(path(), { importance: 1 }), 'gone');
    expectProblem(await api.get(`${path()}/related`), 'gone');
    expectProblem(await api.delete(path()), 'gone');
    const { versions } = expectStatus(await api.get(`${path()}/versions?limit=1`), 200);
    expect(versions).toMatchObject([{ version: 8, operation: 'deleted', reason: 'moved away' }]);
  });

  it('leaves nothing after a hard delete, and a receipt', async () => {
    const other = expectStatus(
      await api.post('/api/memory', { content: 'About Melanie', relationships: [{ target: externalId }] }),
      201,
    );
    const answer = await api.delete(path(), { query: { hard: true, cascadeGraph: true } });
    const { receipt, version, metadata } = expectStatus(answer, 200);
    expect([version, metadata.graphWriteSuccess]).toEqual([9, true]);
    expect(receipt).toEqual([
      { store: 'postgres', outcome: 'erased', count: expect.any(Number) },
      { store: 'graph', outcome: 'removed', count: 1 },
      { store: 'cache', outcome: 'removed', count: 1 },
      { store: 'archive', outcome: 'holds nothing', count: 0 },
      { store: 'queue', outcome: 'holds no content', count: 0 },
    ]);
    // the memory, its eight versions and its vector at least
    expect(receipt[0].count).toBeGreaterThanOrEqual(10);

    expectProblem(await api.get(path()), 'not_found');
    expectProblem(await api.get(`${path()}/versions`), 'not_found');
    expectProblem(await api.get(`${path()}/related`), 'not_found');
    expectProblem(await api.delete(path(), { query: { hard: true } }), 'not_found');
    const search = await api.post('/api/memory/search', { query: 'Melanie meetings evening', limit: 200 });
    const found = search.body.results.map((hit: Json) => hit.memory.id);
    expect(found).toContain(other.id);
    expect(found).not.toContain(id);
    const listed = await api.post('/api/memory/query', {
      filter: { op: 'eq', field: 'id', value: id },
      includeDeleted: true,
    });
    expect(expectStatus(listed, 200).memories).toEqual([]);
    const { related } = expectStatus(await api.get(`/api/memory/${other.id}/related`), 200);
    expect(related).toEqual([]);
    await api.delete(`/api/memory/${other.id}?hard=true`);
  });
});

describe('consistency', () => {
  it('strict is answered when the graph has the write', async () => {
    const answer = await api.post('/api/memory', { content: 'Strictly both', consistency: 'strict' });
    expect(expectStatus(answer, 201).metadata.graphWriteSuccess).toBe(true);
    await api.delete(`/api/memory/${answer.body.id}?hard=true`);
  });
});
