import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeEntry } from '../../shared/lifecycle/pack-format.ts';
import type { Http, Json } from '../support/http.ts';
import { type Behind, canLookBehind, hasGlacier, lookBehind, readPastCache } from './support/archive.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { openTarget, type Target, unique } from './support/target.ts';
import { axis, between, dimension, seedVector } from './support/vectors.ts';

const usual = between(axis(1_400), seedVector, 0.9);
/** Of one memory alone, also where those of earlier runs are still there. */
const rare = Array.from({ length: dimension }, () => Math.random() - 0.5);

let target: Target;
let api: Http;
let other: Http;
let behind: Behind;
beforeAll(async () => {
  if (!canLookBehind) return;
  target = await openTarget();
  [api, other] = [await target.as('a'), await target.as('b')];
  behind = await lookBehind(target, 'a');
});
afterAll(async () => {
  await behind?.close();
  await target?.close();
});

const about = (subject: string) =>
  `The ${subject} was rebuilt in Lisbon after the flood of the spring, and Mateo kept the ledger of it. `
    .repeat(8)
    .trim();

async function stored(body: Json = {}): Promise<Json> {
  const content = about(unique('aqueduct'));
  const answer = await api.post('/api/memory', { content, importance: 4, embedding: usual, ...body });
  return expectStatus(answer, 201).memory;
}
async function coldOne(body: Json = {}): Promise<Json> {
  const memory = await stored(body);
  await behind.archive(memory.id);
  expect(await behind.entries(memory.id)).toHaveLength(1);
  return memory;
}
const whole = async (id: string) => expectStatus(await readPastCache(api, id), 200).memory;

/** Reads count, and letting time pass here moves the date of the change. */
const moved = {
  accessCount: expect.any(Number),
  lastAccessedAt: expect.any(String),
  updatedAt: expect.any(String),
};

describe.runIf(canLookBehind)('a memory that nobody has used for long', () => {
  it('goes to the archive; others stay', async () => {
    const [old, fresh, important] = [await stored(), await stored(), await stored({ importance: 9 })];
    const counts = await behind.archive(old.id, important.id);
    expect(counts).toMatchObject({ archived: 1, failed: 0, damagedEntries: 0 });
    expect(counts.coldMemories).toBeGreaterThanOrEqual(1);
    expect([await behind.entries(fresh.id), await behind.entries(important.id)]).toEqual([[], []]);
  });

  it('is found by every search, with how it begins', async () => {
    const subject = unique('observatory');
    const memory = await coldOne({
      content: about(subject),
      embedding: rare,
      tags: [subject],
      metadata: { subject },
      entities: [{ type: 'project', value: subject }],
    });
    const excerpt = { tier: 'cold', content: memory.content.slice(0, 280), archived: { excerpt: true } };
    const search = expectStatus(await api.post('/api/memory/search', { query: `${subject} in Lisbon` }), 200);
    expect(search.results[0]).toMatchObject({ tier: 'cold', memory: { id: memory.id, ...excerpt } });
    const near = await api.post('/api/memory/search/similarity', { embedding: rare, limit: 1 });
    expect(expectStatus(near, 200).results[0]).toMatchObject({ memory: { id: memory.id, ...excerpt } });
    for (const filter of [
      { field: 'metadata.subject', op: 'eq', value: subject },
      { field: 'tags', op: 'contains', value: subject },
    ]) {
      const list = expectStatus(await api.post('/api/memory/query', { filter, tiers: ['cold'] }), 200);
      expect(list.memories).toMatchObject([{ id: memory.id, ...excerpt }]);
    }
    const window = expectStatus(
      await api.post('/api/memory/context', { query: `${subject} in Lisbon` }),
      200,
    );
    expect(window.items.map(({ memoryId }: Json) => memoryId)).toContain(memory.id);
    const neighbour = await stored({ entities: [{ type: 'project', value: subject }] });
    const related = expectStatus(await api.get(`/api/memory/${neighbour.id}/related`), 200);
    expect(related.related.map(({ memory: near }: Json) => [near.id, near.tier])).toContainEqual([
      memory.id,
      'cold',
    ]);
    expect(expectStatus(await api.get('/api/memory/aggregations'), 200).byTier.cold).toBeGreaterThanOrEqual(
      1,
    );
  });

  it('is answered whole, with its vector and all of its versions', async () => {
    const memory = await stored();
    await api.patch(`/api/memory/${memory.id}`, { tags: ['second'], reason: 'sorted' });
    const warm = await whole(memory.id);
    const listed = expectStatus(await api.get(`/api/memory/${memory.id}/versions`), 200);
    await behind.archive(memory.id);
    const cold = await whole(memory.id);
    expect(cold).toEqual({
      ...warm,
      ...moved,
      tier: 'cold',
      archived: { at: expect.stringMatching(/Z$/), excerpt: false },
    });
    const versions = expectStatus(await api.get(`/api/memory/${memory.id}/versions`), 200);
    const asCold = ({ memory: was, ...rest }: Json) => ({ ...rest, memory: { ...was, tier: 'cold' } });
    expect(versions.versions).toEqual(listed.versions.map(asCold));
    expectProblem(await other.get(`/api/memory/${memory.id}`), 'not_found');
    expectProblem(await other.post(`/api/memory/${memory.id}/restore`), 'not_found');
  });

  it('is restored to what it was, and is not the next to be archived', async () => {
    const memory = await stored();
    const warm = await whole(memory.id);
    await behind.archive(memory.id);
    const answer = await api.post(`/api/memory/${memory.id}/restore`);
    const { embedding, ...before } = warm;
    expect(expectStatus(answer, 200).memory).toEqual({ ...before, ...moved });
    expect(answer.headers.get('etag')).toBe('"1"');
    expect((await whole(memory.id)).embedding).toEqual(embedding);
    await behind.run('tier-to-archive');
    expect(await behind.entries(memory.id)).toEqual([]);
    expectStatus(await api.post(`/api/memory/${memory.id}/restore`), 200);
    await behind.archive(memory.id);
    expect(await behind.entries(memory.id)).toHaveLength(1);
  });

  it('is updated in one request, and deleted in one', async () => {
    const memory = await coldOne();
    const patched = expectStatus(await api.patch(`/api/memory/${memory.id}`, { importance: 5 }), 200);
    expect(patched.memory).toMatchObject({ tier: 'warm', version: 2, content: memory.content });
    await behind.archive(memory.id);
    expectStatus(await api.delete(`/api/memory/${memory.id}`), 200);
    expectProblem(await api.get(`/api/memory/${memory.id}`), 'gone');
    expectProblem(await api.post(`/api/memory/${memory.id}/restore`), 'gone');
  });

  it('is warm when it is stored again, one by one and in a batch, and keeps its history and its vector', async () => {
    const externalId = unique('ledger');
    const memory = await coldOne({ externalId });
    expectProblem(
      await api.post('/api/memory', { externalId, content: 'new', consistency: 'strict' }),
      'memory_archived',
    );
    const again = expectStatus(await api.post('/api/memory', { externalId, content: 'new words' }), 200);
    expect(again.memory).toMatchObject({ id: memory.id, version: 2, tier: 'warm', content: 'new words' });
    await behind.archive(memory.id);
    const batch = await api.post('/api/memory/batch', { items: [{ externalId, content: 'newer words' }] });
    expect(expectStatus(batch, 207).results).toMatchObject([{ status: 200, id: memory.id, version: 3 }]);
    expect((await whole(memory.id)).embedding).toHaveLength(dimension);
    const { versions } = expectStatus(await api.get(`/api/memory/${memory.id}/versions`), 200);
    expect(versions.map((entry: Json) => [entry.version, entry.memory.tier, entry.memory.content])).toEqual([
      [3, 'warm', 'newer words'],
      [2, 'cold', 'new words'],
      [1, 'cold', memory.content],
    ]);
  });

  it('is erased with its key: the bytes that are left open for nobody', async () => {
    const [erased, kept] = [await stored(), await stored()];
    await behind.archive(erased.id, kept.id);
    const [entry] = await behind.entries(erased.id);
    const bytes = (await behind.bytesOf(entry!))!;
    const identity = { tenantId: behind.tenantId, memoryId: erased.id, version: 1 };
    expect(decodeEntry(bytes, entry!.dataKey, identity).entry.versions[0]?.state.content).toBe(
      erased.content,
    );

    const answer = await api.delete(`/api/memory/${erased.id}?hard=true`);
    expect(expectStatus(answer, 200).receipt).toContainEqual(
      expect.objectContaining({
        store: 'archive',
        outcome: expect.stringMatching(/^keys destroyed/),
        count: 1,
      }),
    );
    expect(await behind.entries(erased.id)).toEqual([]);
    const [neighbour] = await behind.entries(kept.id);
    expect(await behind.bytesOf(entry!)).toEqual(bytes);
    expect(() => decodeEntry(bytes, neighbour!.dataKey, identity)).toThrow(/damaged/);
    expectProblem(await api.get(`/api/memory/${erased.id}`), 'not_found');

    expectStatus(await api.delete(`/api/memory/${kept.id}?hard=true`), 200);
    expect((await behind.run('tier-to-archive')).discardedPacks).toBeGreaterThanOrEqual(1);
    expect(await behind.bytesOf(entry!)).toBeUndefined();
  });
});

describe.runIf(hasGlacier)('a memory in Deep Archive', () => {
  const frozenOne = async (body: Json = {}) => {
    const memory = await coldOne(body);
    await behind.freeze(memory.id);
    return memory;
  };
  /** Glacier's own time, which an emulator makes short, and the scheduled run after it. */
  const untilEnded = (operationId: string) =>
    vi.waitFor(
      async () => {
        await behind.run('finish-restores');
        const operation = expectStatus(await api.get(`/api/operations/${operationId}`), 200);
        expect(operation.status).not.toBe('running');
        return operation;
      },
      { timeout: 25_000, interval: 500 },
    );

  it('is found at once, and read when it has been brought back', async () => {
    const memory = await frozenOne();
    const found = await api.post('/api/memory/query', {
      filter: { field: 'id', op: 'eq', value: memory.id },
    });
    expect(expectStatus(found, 200).memories).toMatchObject([{ tier: 'cold', archived: { excerpt: true } }]);

    const first = await readPastCache(api, memory.id);
    const { operationId, ...operation } = expectStatus(first, 202);
    expect(operation).toEqual({
      kind: 'read',
      memoryId: memory.id,
      status: 'running',
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(first.headers.get('location')).toBe(`/api/operations/${operationId}`);
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
    const versions = await api.get(`/api/memory/${memory.id}/versions`);
    expect([200, 202]).toContain(versions.status);
    expectProblem(await other.get(`/api/operations/${operationId}`), 'not_found');

    expect(await untilEnded(operationId)).toMatchObject({
      status: 'succeeded',
      finishedAt: expect.any(String),
    });
    expect(await whole(memory.id)).toMatchObject({
      tier: 'cold',
      content: memory.content,
      embedding: expect.any(Array),
    });
  });

  it('is restored by an operation, and cannot be changed before', async () => {
    const memory = await frozenOne();
    const refused = await api.patch(`/api/memory/${memory.id}`, { importance: 1 });
    const { details } = expectProblem(refused, 'memory_archived');
    const asked = expectStatus(await api.post(`/api/memory/${memory.id}/restore`), 202);
    expect(asked).toMatchObject({ operationId: details.operationId, kind: 'restore', status: 'running' });
    expect(await untilEnded(asked.operationId)).toMatchObject({ status: 'succeeded' });
    expect(await whole(memory.id)).toMatchObject({ tier: 'warm', version: 1, content: memory.content });
    expectStatus(await api.patch(`/api/memory/${memory.id}`, { importance: 1 }), 200);
  });

  it('is deleted, replaced and erased without waiting for Glacier', async () => {
    const deleted = await frozenOne();
    expectStatus(await api.delete(`/api/memory/${deleted.id}`), 200);
    const externalId = unique('frozen');
    const replaced = await frozenOne({ externalId });
    expect(expectStatus(await api.post('/api/memory', { externalId, content: 'new' }), 200)).toMatchObject({
      id: replaced.id,
      version: 2,
    });
    const erased = await frozenOne();
    const asked = expectStatus(await readPastCache(api, erased.id), 202);
    expectStatus(await api.delete(`/api/memory/${erased.id}?hard=true`), 200);
    expect(await behind.entries(erased.id)).toEqual([]);
    expectProblem(await api.get(`/api/operations/${asked.operationId}`), 'not_found');
    expectProblem(await api.get(`/api/memory/${erased.id}`), 'not_found');
  });
});
