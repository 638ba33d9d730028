import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import { getMemory } from '../../../shared/memory/read/get-memory.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { keyOf } from '../../support/store-writes.ts';
import { store, stored } from './support.ts';

describe('deleteMemory', () => {
  let deps: MemoryDeps;
  let id: string;
  beforeEach(async () => {
    deps = memoryDeps();
    id = (await store(deps, { content: 'secret', externalId: 'x' })).answer.id;
  });
  const read = () => getMemory(writer.tenantId, id, { embedding: false }, deps);

  it('marks a memory as deleted, keeps its history and says what that reached', async () => {
    deps.clock.advance(5);
    const answer = await deleteMemory(id, { hard: false, reason: 'outdated' }, writer, deps);
    expect(answer).toMatchObject({
      id,
      version: 2,
      hard: false,
      receipt: [
        { store: 'postgres', outcome: 'marked deleted', count: 1 },
        { store: 'graph', outcome: 'removed', count: 1 },
        { store: 'cache', outcome: 'removed', count: 1 },
      ],
    });
    expect(await stored(deps, id)).toMatchObject({
      content: 'secret',
      deletedAt: '2026-03-01T12:00:05.000Z',
    });
    expect(await deps.memories.versions(writer.tenantId, id, { limit: 5 })).toMatchObject([
      { version: 2, operation: 'deleted', reason: 'outdated' },
      { version: 1, operation: 'created' },
    ]);
    expect(await deps.graph.count(writer.tenantId)).toBe(0);
    await expect(read()).rejects.toMatchObject({ code: 'gone' });
    await expect(deleteMemory(id, { hard: false }, writer, deps)).rejects.toMatchObject({ code: 'gone' });
  });

  it('takes personal data out of the reason', async () => {
    await deleteMemory(id, { hard: false, reason: 'asked for by ann@example.com' }, writer, deps);
    const [last] = await deps.memories.versions(writer.tenantId, id, { limit: 1 });
    expect(last?.reason).toBe('asked for by [email]');
  });

  it('erases a memory everywhere, with a receipt that lists each store', async () => {
    const answer = await deleteMemory(id, { hard: true }, writer, deps);
    expect(answer).toMatchObject({
      id,
      version: 2,
      hard: true,
      receipt: [
        { store: 'postgres', outcome: 'erased', count: 3 },
        { store: 'graph', outcome: 'removed', count: 1 },
        { store: 'cache', outcome: 'removed', count: 1 },
        { store: 'archive', outcome: 'holds nothing', count: 0 },
        { store: 'queue', outcome: 'holds no content', count: 0 },
      ],
    });
    const left = [deps.graph.contents('acme'), await deps.syncState.read(writer.tenantId, [id])];
    expect(JSON.stringify(left)).not.toContain('secret');
    await expect(read()).rejects.toMatchObject({ code: 'not_found' });
    await expect(deleteMemory(id, { hard: true }, writer, deps)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('erases what was marked before', async () => {
    await deleteMemory(id, { hard: false }, writer, deps);
    expect(await deleteMemory(id, { hard: true }, writer, deps)).toMatchObject({ version: 3, hard: true });
  });

  it.each([{ hard: false }, { hard: true }])(
    'answers the same again under the same key: %j',
    async (options) => {
      const context = { ...writer, idempotency: keyOf('k') };
      const first = await deleteMemory(id, options, context, deps);
      expect(await deleteMemory(id, options, context, deps)).toEqual(first);
      expect((await deps.syncState.read(writer.tenantId, [id]))[0]).toMatchObject({
        version: 2,
        deleted: true,
      });
    },
  );

  it.each([{ hard: false }, { hard: true }])(
    'leaves a conflict to the caller who named a version: %j',
    async (options) => {
      await expect(deleteMemory(id, options, { ...writer, ifMatch: 4 }, deps)).rejects.toMatchObject({
        code: 'version_conflict',
        details: { currentVersion: 1 },
      });
      expect(await stored(deps, id)).toMatchObject({ version: 1 });
      await expect(deleteMemory(newId(), options, writer, deps)).rejects.toMatchObject({ code: 'not_found' });
    },
  );

  it('says what is still to come while the graph and the cache are away', async () => {
    deps.faults.graph = true;
    deps.faults.cache = true;
    const { receipt, metadata } = await deleteMemory(id, { hard: true }, writer, deps);
    expect(receipt).toMatchObject([
      { store: 'postgres', count: 3 },
      { store: 'graph', outcome: 'queued', count: 0 },
      { store: 'cache', count: 0 },
      { store: 'archive', count: 0 },
      { store: 'queue' },
    ]);
    expect(metadata.graphWriteSuccess).toBe(false);
    expect(deps.graphChanges.waiting).toMatchObject([{ memoryId: id, version: 2 }]);
  });
});
