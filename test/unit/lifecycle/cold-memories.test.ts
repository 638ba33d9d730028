import { beforeEach, describe, expect, it } from 'vitest';
import { hmacCursors } from '../../../shared/adapters/cursors/hmac-cursors.ts';
import { relateBody } from '../../../shared/contracts/memory/recall.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { coldMemories } from '../../../shared/lifecycle/cold-memories.ts';
import { listVersions } from '../../../shared/memory/read/list-versions.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { relateMemories } from '../../../shared/memory/write/relate-memories.ts';
import { restoreMemory } from '../../../shared/memory/write/restore-memory.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, stored, update } from '../memory/support.ts';
import { archived, finish, growCold, long, read, tenant, tier } from './support.ts';

const pageCursors = hmacCursors(async () => 'k'.repeat(32));
const running = { operation: { status: 'running', operationId: expect.any(String) } };

let deps: MemoryDeps;
beforeEach(() => {
  deps = memoryDeps();
});
const versions = (id: string, limit = 10, cursor?: string) =>
  listVersions(tenant, id, { limit, ...(cursor && { cursor }) }, { ...deps, pageCursors });
const drained = async () => {
  const types: string[] = [];
  await deps.outbox.drain(100, async (events) => {
    types.push(...events.map(({ type }) => type));
    return events.map(({ id }) => id);
  });
  return types;
};

describe('a cold memory', () => {
  it('is answered whole from the archive, its vector too, and as an excerpt everywhere else', async () => {
    const id = await archived(deps, {
      content: long('alpha'),
      embedding: [3, 4],
      metadata: { k: 1 },
      tags: ['t'],
    });
    expect(await stored(deps, id)).toMatchObject({
      tier: 'cold',
      content: long('alpha').slice(0, 280),
      tags: ['t'],
      metadata: { k: 1 },
      archived: { excerpt: true },
    });
    expect(await read(deps, id, true)).toMatchObject({
      memory: {
        tier: 'cold',
        version: 1,
        content: long('alpha'),
        embedding: [Math.f16round(0.6), Math.f16round(0.8)],
        archived: { excerpt: false },
      },
    });
    expect(await read(deps, id)).not.toHaveProperty('memory.embedding');
    expect(await drained()).toEqual(['memory.stored', 'memory.archived']);
  });

  it('with a short content needs no archive to be read', async () => {
    const id = await archived(deps, { content: 'short' });
    deps.archive.objects.clear();
    expect(await read(deps, id)).toMatchObject({
      memory: { tier: 'cold', content: 'short', archived: { excerpt: false } },
    });
  });

  it('is answered from a cache that still has it, and fills none', async () => {
    const id = await archived(deps, { content: long('alpha') });
    await read(deps, id);
    expect(await deps.hotCache.get(tenant, id)).toBeUndefined();
  });

  it('counts reads as accesses', async () => {
    const id = await archived(deps, { content: long('alpha') });
    await read(deps, id);
    await read(deps, id);
    expect(await stored(deps, id)).toMatchObject({ accessCount: 2 });
  });

  it('is restored as it was, once, and stays warm for as long as any other', async () => {
    const id = await archived(deps, { content: long('alpha') });
    const restored = await restoreMemory(tenant, id, deps);
    expect(restored).toMatchObject({ memory: { tier: 'warm', version: 1, content: long('alpha') } });
    expect(restored).not.toHaveProperty('memory.archived');
    expect(await restoreMemory(tenant, id, deps)).toMatchObject({ memory: { tier: 'warm', version: 1 } });
    expect(await tier(deps)).toMatchObject({ archived: 0, discardedPacks: 1 });
    expect(await drained()).toEqual(['memory.stored', 'memory.archived', 'memory.restored']);
    expect(await growCold(deps)).toMatchObject({ archived: 1 });
  });

  it('lists its versions from the archive, page by page, and those since from the store', async () => {
    const { id } = (await store(deps, { content: 'v1', externalId: 'x' })).answer;
    await update(deps, id, { content: 'v2' });
    await growCold(deps);
    await store(deps, { content: 'v3', externalId: 'x' });
    await growCold(deps);
    await store(deps, { content: 'v4', externalId: 'x' });
    const first = await versions(id, 3);
    expect(first).toMatchObject({
      versions: [
        { version: 4, memory: { content: 'v4', tier: 'warm' } },
        { version: 3, memory: { content: 'v3', tier: 'cold' } },
        { version: 2, memory: { content: 'v2', tier: 'cold' } },
      ],
      nextCursor: expect.any(String),
    });
    const second = await versions(id, 3, 'nextCursor' in first ? first.nextCursor : undefined);
    expect(second).toMatchObject({ versions: [{ version: 1, operation: 'created' }] });
    expect(second).not.toHaveProperty('nextCursor');
  });

  it('is updated in one request: restored first, with its history', async () => {
    const id = await archived(deps, { content: long('alpha'), metadata: { k: 1 } });
    const { memory } = await update(deps, id, { tags: ['new'] });
    expect(memory).toMatchObject({
      tier: 'warm',
      version: 2,
      content: long('alpha'),
      tags: ['new'],
      metadata: { k: 1 },
    });
    expect(memory).not.toHaveProperty('archived');
    expect(await deps.memories.versions(tenant, id, { limit: 9 })).toMatchObject([
      { version: 2, memory: { content: long('alpha') } },
      { version: 1, memory: { content: long('alpha') } },
    ]);
  });

  it('gets an edge in one request too', async () => {
    const id = await archived(deps, { content: long('alpha') });
    await relateMemories(relateBody.parse({ source: id, target: 'later' }), writer, deps);
    expect(await stored(deps, id)).toMatchObject({ version: 2, tier: 'warm', content: long('alpha') });
  });

  it('is deleted softly as it is, keeps its history, and comes back when it is stored again', async () => {
    const id = await archived(deps, { content: long('alpha'), externalId: 'x' });
    deps.archive.freeze();
    await deleteMemory(id, { hard: false }, writer, deps);
    await expect(read(deps, id)).rejects.toMatchObject({ code: 'gone' });
    await expect(restoreMemory(tenant, id, deps)).rejects.toMatchObject({ code: 'gone' });
    const { answer } = await store(deps, { content: 'again', externalId: 'x' });
    expect(answer).toMatchObject({ id, version: 3, memory: { tier: 'warm', content: 'again' } });
    await versions(id);
    for (const object of deps.archive.objects.values()) object.state = 'readable';
    expect(await versions(id)).toMatchObject({
      versions: [
        { version: 3 },
        { version: 2, operation: 'deleted' },
        { version: 1, memory: { content: long('alpha') } },
      ],
    });
  });

  it('is erased with its key, so that nobody reads the bytes that are left', async () => {
    const id = await archived(deps, { content: long('alpha') });
    const { receipt } = await deleteMemory(id, { hard: true }, writer, deps);
    expect(receipt).toContainEqual({
      store: 'archive',
      outcome: 'keys destroyed, what is left of it cannot be read',
      count: 1,
    });
    expect(deps.archive.objects.size).toBe(1);
    expect(await deps.archiveCatalogue.entries(tenant, id)).toEqual([]);
    await expect(read(deps, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(versions(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is replaced by a store under its external id, with the vector that it had', async () => {
    const id = await archived(deps, { content: long('alpha'), externalId: 'x', embedding: [0, 5] });
    deps.archive.freeze();
    const { answer, created } = await store(deps, { content: 'new', externalId: 'x' });
    expect([created, answer.id, answer.version, answer.memory.tier]).toEqual([false, id, 2, 'warm']);
    expect(await read(deps, id, true)).toMatchObject({ memory: { content: 'new', embedding: [0, 1] } });
  });

  it('is not replaced by a strict store, which could not be undone', async () => {
    const id = await archived(deps, { content: long('alpha'), externalId: 'x' });
    const strict = store(deps, { content: 'new', externalId: 'x', consistency: 'strict' });
    await expect(strict).rejects.toMatchObject({ code: 'memory_archived', details: { memoryId: id } });
    expect(await stored(deps, id)).toMatchObject({ tier: 'cold', version: 1 });
    await restoreMemory(tenant, id, deps);
    deps.faults.graph = true;
    const undone = store(deps, { content: 'new', externalId: 'x', consistency: 'strict' });
    await expect(undone).rejects.toMatchObject({ code: 'graph_unavailable' });
    expect(await stored(deps, id)).toMatchObject({ version: 3, content: long('alpha') });
  });

  it('that was damaged is not answered, and the damage is counted', async () => {
    const id = await archived(deps, { content: long('alpha') });
    const [object] = deps.archive.objects.values();
    object!.bytes[50]! ^= 1;
    const damaged = { code: 'archive_corrupted' };
    await expect(read(deps, id)).rejects.toMatchObject(damaged);
    await expect(restoreMemory(tenant, id, deps)).rejects.toMatchObject(damaged);
    await expect(update(deps, id, { tags: [] })).rejects.toMatchObject(damaged);
    expect(await tier(deps)).toMatchObject({ damagedEntries: 1, coldMemories: 1 });
    expect(await deleteMemory(id, { hard: true }, writer, deps)).toMatchObject({ hard: true });
  });

  it('waits while the archive is away, and nothing of it is lost', async () => {
    const id = await archived(deps, { content: long('alpha') });
    const away = async () =>
      Promise.reject(new AppError('archive_unavailable', 'Away.', { retryable: true }));
    const memoryArchive = { ...deps.archive, read: away, state: away, thaw: away };
    const without = { ...deps, coldMemories: coldMemories({ ...deps, memoryArchive }) };
    const unavailable = { code: 'archive_unavailable', retryable: true };
    await expect(read(without, id)).rejects.toMatchObject(unavailable);
    await expect(restoreMemory(tenant, id, without)).rejects.toMatchObject(unavailable);
    expect(await restoreMemory(tenant, id, deps)).toMatchObject({ memory: { content: long('alpha') } });
  });
});

describe('a frozen memory', () => {
  let id: string;
  beforeEach(async () => {
    id = await archived(deps, { content: long('alpha'), externalId: 'x' });
    deps.archive.freeze();
  });
  const states = () => [...deps.archive.objects.values()].map(({ state }) => state);
  const operation = async () => {
    const [known] = await deps.operations.running(10);
    return known!;
  };

  it('is asked for once, told of by one operation, and then read from the archive', async () => {
    const first = await read(deps, id);
    expect(first).toMatchObject({ operation: { kind: 'read', memoryId: id, status: 'running' } });
    expect(await read(deps, id)).toEqual(first);
    expect(await versions(id)).toEqual(first);
    expect(states()).toEqual(['thawing']);
    expect(await finish(deps)).toEqual({ running: 1, finished: 0, failed: 0 });
    deps.archive.bringBack();
    expect(await read(deps, id)).toMatchObject({ memory: { tier: 'cold', content: long('alpha') } });
    const { operationId } = await operation();
    expect(await finish(deps)).toEqual({ running: 0, finished: 1, failed: 0 });
    expect(await deps.operations.find(tenant, operationId)).toMatchObject({ status: 'succeeded' });
  });

  it('is restored by the scheduled run as soon as it can be', async () => {
    expect(await restoreMemory(tenant, id, deps)).toMatchObject({ operation: { kind: 'restore' } });
    deps.archive.bringBack();
    expect(await finish(deps)).toEqual({ running: 0, finished: 1, failed: 0 });
    expect(await stored(deps, id)).toMatchObject({ tier: 'warm', version: 1, content: long('alpha') });
  });

  it('is not changed yet: the refusal names the operation that restores it', async () => {
    const change = update(deps, id, { tags: ['new'] });
    await expect(change).rejects.toMatchObject({ code: 'memory_archived' });
    const { operationId } = await operation();
    await expect(change).rejects.toMatchObject({ details: { operationId } });
    deps.archive.bringBack();
    await finish(deps);
    expect(await update(deps, id, { tags: ['new'] })).toMatchObject({ version: 2 });
  });

  it('is asked for again when the request that began it ended too early', async () => {
    await deps.operations.begin(tenant, { kind: 'read', memoryId: id });
    expect(await read(deps, id)).toMatchObject(running);
    expect(states()).toEqual(['frozen']);
    await finish(deps);
    expect(states()).toEqual(['thawing']);
  });

  it('that is erased takes its operation along; one that is deleted or damaged fails it', async () => {
    await restoreMemory(tenant, id, deps);
    const { operationId } = await operation();
    await deleteMemory(id, { hard: false }, writer, deps);
    deps.archive.bringBack();
    expect(await finish(deps)).toMatchObject({ failed: 1 });
    expect(await deps.operations.find(tenant, operationId)).toMatchObject({
      status: 'failed',
      error: 'gone',
    });
    await deleteMemory(id, { hard: true }, writer, deps);
    expect(await deps.operations.find(tenant, operationId)).toBeUndefined();

    const other = await archived(deps, { content: long('beta') });
    deps.archive.freeze();
    await read(deps, other);
    for (const object of deps.archive.objects.values()) object.bytes.fill(7);
    deps.archive.bringBack();
    const { operationId: damaged } = await operation();
    expect(await finish(deps)).toMatchObject({ failed: 1 });
    expect(await deps.operations.find(tenant, damaged)).toMatchObject({ error: 'archive_corrupted' });
  });

  it('that was replaced meanwhile is warm, and its operation has nothing more to do', async () => {
    await restoreMemory(tenant, id, deps);
    await store(deps, { content: 'new', externalId: 'x' });
    deps.archive.bringBack();
    expect(await finish(deps)).toMatchObject({ finished: 1 });
    expect(await stored(deps, id)).toMatchObject({ content: 'new', version: 2 });
  });
});
