import { beforeEach, describe, expect, it } from 'vitest';
import { hmacCursors } from '../../../shared/adapters/cursors/hmac-cursors.ts';
import { aggregationsQuery, queryBody } from '../../../shared/contracts/memory/recall.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { aggregateMemories } from '../../../shared/memory/read/aggregate-memories.ts';
import { getMemory } from '../../../shared/memory/read/get-memory.ts';
import { listVersions } from '../../../shared/memory/read/list-versions.ts';
import { queryMemories } from '../../../shared/memory/read/query-memories.ts';
import { relatedMemories } from '../../../shared/memory/read/related-memories.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, update } from './support.ts';

const tenant = writer.tenantId;
const pageCursors = hmacCursors(async () => 'k'.repeat(32));

let deps: MemoryDeps;
beforeEach(() => {
  deps = memoryDeps();
});

describe('getMemory', () => {
  const get = async (id: string, embedding = false) => {
    const read = await getMemory(tenant, id, { embedding }, deps);
    return 'memory' in read ? read.memory : expect.unreachable('nothing is frozen here');
  };

  it('answers from the cache what a write has put there, and from the store what is not there', async () => {
    const { id } = (await store(deps, { content: 'a' })).answer;
    expect(await get(id)).toMatchObject({ tier: 'hot', version: 1 });
    deps.clock.advance(61);
    expect(await get(id)).toMatchObject({ tier: 'warm' });
    expect(await get(id)).toMatchObject({ tier: 'hot' });
    await update(deps, id, { content: 'b' });
    expect(await get(id)).toMatchObject({ content: 'b', version: 2 });
  });

  it("answers the caller's vector from the store, and only when asked", async () => {
    const { id } = (await store(deps, { content: 'a', embedding: [0, 2] })).answer;
    expect(await get(id, true)).toMatchObject({ tier: 'warm', embedding: [0, 1] });
    expect(await get(id)).not.toHaveProperty('embedding');
  });

  it('answers no memory past its time, in the cache or not', async () => {
    const { id } = (await store(deps, { content: 'a', ttlSeconds: 30 })).answer;
    deps.clock.advance(30);
    await expect(get(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(get(newId())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('answers no memory of another tenant', async () => {
    const { id } = (await store(deps, { content: 'a' })).answer;
    for (const other of ['acme ', 'ACME', 'acm', 'acme%']) {
      await expect(getMemory(other, id, { embedding: false }, deps)).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });
});

describe('listVersions', () => {
  const listOf = async (id: string, query: Parameters<typeof listVersions>[2]) => {
    const listed = await listVersions(tenant, id, query, { ...deps, pageCursors });
    return 'versions' in listed ? listed : expect.unreachable('nothing is frozen here');
  };

  it('pages from the newest to the oldest, with importance as on the wire', async () => {
    const { id } = (await store(deps, { content: 'v1', importance: 3 })).answer;
    for (const content of ['v2', 'v3']) await update(deps, id, { content });
    const list = (cursor?: string) => listOf(id, { limit: 2, ...(cursor && { cursor }) });
    const first = await list();
    expect(first.versions.map(({ version, memory }) => [version, memory.content])).toEqual([
      [3, 'v3'],
      [2, 'v2'],
    ]);
    const second = await list(first.nextCursor);
    expect(second.versions).toMatchObject([{ version: 1, operation: 'created', memory: { importance: 3 } }]);
    expect(second).not.toHaveProperty('nextCursor');
  });

  it('answers those of a softly deleted memory, and none of an erased one', async () => {
    const { id } = (await store(deps, { content: 'a' })).answer;
    await deleteMemory(id, { hard: false }, writer, deps);
    const list = () => listOf(id, {});
    expect((await list()).versions).toHaveLength(2);
    await deleteMemory(id, { hard: true }, writer, deps);
    await expect(list()).rejects.toMatchObject({ code: 'not_found' });
  });

  it("refuses another memory's cursor", async () => {
    const ids = [];
    for (const content of ['a', 'b']) {
      const { id } = (await store(deps, { content })).answer;
      await update(deps, id, { tags: ['x'] });
      ids.push(id);
    }
    const list = (id: string, cursor?: string) => listOf(id, { limit: 1, ...(cursor && { cursor }) });
    const { nextCursor } = await list(ids[0]!);
    await expect(list(ids[1]!, nextCursor)).rejects.toMatchObject({ code: 'invalid_cursor' });
  });
});

describe('queryMemories', () => {
  const query = (body: object, of = tenant) =>
    queryMemories(of, queryBody.parse(body), { ...deps, pageCursors });

  it('pages through a scope, newest first, and tells importance as on the wire', async () => {
    for (const content of ['a', 'b', 'c']) {
      await store(deps, { content, domain: 'ops', importance: 4 });
      deps.clock.advance(1);
    }
    await store(deps, { content: 'elsewhere' });
    const first = await query({ domain: 'ops', limit: 2 });
    expect(first.memories).toMatchObject([
      { content: 'c', importance: 4 },
      { content: 'b', importance: 4 },
    ]);
    const second = await query({ domain: 'ops', limit: 2, cursor: first.nextCursor });
    expect(second.memories.map(({ content }) => content)).toEqual(['a']);
    expect(second.nextCursor).toBeUndefined();
  });

  it('refuses a cursor of another sort, of another tenant, cut or changed', async () => {
    for (const content of ['a', 'b']) await store(deps, { content });
    const { nextCursor } = await query({ limit: 1 });
    const sort = [{ field: 'importance', order: 'asc' }];
    const refused = { code: 'invalid_cursor' };
    await expect(query({ limit: 1, sort, cursor: nextCursor })).rejects.toMatchObject(refused);
    await expect(query({ limit: 1, cursor: nextCursor }, 'other')).rejects.toMatchObject(refused);
    await expect(query({ limit: 1, cursor: nextCursor!.slice(0, -2) })).rejects.toMatchObject(refused);
    await expect(query({ limit: 1, cursor: `A${nextCursor!.slice(1)}` })).rejects.toMatchObject(refused);
  });
});

describe('aggregateMemories', () => {
  it('tells importance as on the wire', async () => {
    await store(deps, { content: 'a', importance: 4, domain: 'ops' });
    await store(deps, { content: 'b', importance: 7, domain: 'ops' });
    const query = aggregationsQuery.parse({ groupBy: 'domain' });
    expect(await aggregateMemories(tenant, query, deps)).toMatchObject({
      total: { count: 2, averageImportance: 5.5 },
      byDomain: { ops: 2 },
      groups: [{ key: 'ops', count: 2, averageImportance: 5.5 }],
    });
  });
});

describe('relatedMemories', () => {
  const related = (id: string, options = {}) => relatedMemories(tenant, id, options, deps);

  it('answers what the graph reaches, as the store has it', async () => {
    const target = (await store(deps, { content: 'target', externalId: 't', importance: 9 })).answer.id;
    const source = (await store(deps, { content: 'source', relationships: { relatedMemories: ['t'] } }))
      .answer.id;
    expect(await related(source)).toMatchObject({
      id: source,
      related: [
        { memory: { id: target, importance: 9 }, depth: 1, weight: 1, path: [{ type: 'RELATED_TO' }] },
      ],
    });
  });

  it('leaves out what the graph still has and the store has not', async () => {
    const target = (await store(deps, { content: 'target', externalId: 't' })).answer.id;
    const source = (await store(deps, { content: 'source', relationships: { relatedMemories: ['t'] } }))
      .answer.id;
    deps.faults.graph = true;
    await deleteMemory(target, { hard: true }, writer, deps);
    expect((await related(source)).related).toEqual([]);
    await expect(related(target)).rejects.toMatchObject({ code: 'not_found' });
  });
});
