import { beforeEach, describe, expect, it } from 'vitest';
import { relateBody } from '../../../shared/contracts/memory/recall.ts';
import { relateMemories } from '../../../shared/memory/write/relate-memories.ts';
import { storeBatch } from '../../../shared/memory/write/store-batch.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { keyOf } from '../../support/store-writes.ts';
import { store, stored, update } from './support.ts';

const strict = { consistency: 'strict' } as const;
const undone = { code: 'graph_unavailable', retryable: true };

describe('a strict write that the graph does not take', () => {
  let deps: MemoryDeps;
  beforeEach(() => {
    deps = memoryDeps();
  });
  const history = async (id: string) =>
    (await deps.memories.versions(writer.tenantId, id, { limit: 10 })).map(
      ({ version, memory }) => [version, memory.content] as const,
    );

  it('leaves nothing of a memory that it created, and its key is free again', async () => {
    deps.faults.graph = true;
    const idempotency = keyOf('k');
    const body = { content: 'one', externalId: 'x', ...strict };
    await expect(store(deps, body, { idempotency })).rejects.toMatchObject(undone);
    const { memories, keys, ledger } = deps.state.tenants.get('acme')!;
    expect([...memories.keys(), ...keys.keys()]).toEqual([]);
    expect([...ledger.values()]).toMatchObject([{ version: 2, deleted: true }]);
    expect(await deps.hotCache.get('acme', [...ledger.keys()][0]!)).toBe('deleted');

    deps.faults.graph = false;
    expect(await store(deps, body, { idempotency })).toMatchObject({
      created: true,
      answer: { version: 1, metadata: { graphWriteSuccess: true } },
    });
  });

  it('brings an updated memory back to its earlier state, as a version of its own', async () => {
    const { id } = (await store(deps, { content: 'before', tags: ['a'], externalId: 'x' })).answer;
    deps.faults.graph = true;
    await expect(update(deps, id, { content: 'after', ...strict })).rejects.toMatchObject(undone);
    await expect(store(deps, { content: 'anew', externalId: 'x', ...strict })).rejects.toMatchObject(undone);
    expect(await history(id)).toEqual([
      [5, 'before'],
      [4, 'anew'],
      [3, 'before'],
      [2, 'after'],
      [1, 'before'],
    ]);
    expect(await stored(deps, id)).toMatchObject({ content: 'before', tags: ['a'], externalId: 'x' });
    expect(await deps.hotCache.get('acme', id)).toMatchObject({ content: 'before', version: 5 });
    const [newest] = await deps.memories.versions('acme', id, { limit: 1 });
    expect(newest!.reason).toContain('undone');
  });

  it('takes an edge back', async () => {
    const { id } = (await store(deps, { content: 'source', externalId: 's' })).answer;
    deps.faults.graph = true;
    const body = relateBody.parse({ source: 's', target: 't', ...strict });
    await expect(relateMemories(body, writer, deps)).rejects.toMatchObject(undone);
    expect(await stored(deps, id)).toMatchObject({ version: 3, relationships: [] });
  });

  it('takes a whole batch back', async () => {
    const { id } = (await store(deps, { content: 'before', externalId: 'x' })).answer;
    deps.faults.graph = true;
    const body = { items: [{ content: 'new' }, { content: 'after', externalId: 'x' }], ...strict };
    await expect(storeBatch(body, writer, deps)).rejects.toMatchObject(undone);
    expect([...deps.state.tenants.get('acme')!.memories.keys()]).toEqual([id]);
    expect(await stored(deps, id)).toMatchObject({ content: 'before', version: 3 });
  });

  it('does not take back what another writer has changed since', async () => {
    deps.faults.graph = true;
    const project = deps.projector.project;
    deps.projector.project = async (_tenantId, changed) => {
      deps.projector.project = project;
      await update(deps, changed[0]!.id, { content: 'by another writer' });
      return new Set();
    };
    await expect(store(deps, { content: 'one', ...strict })).rejects.toMatchObject(undone);
    const [left] = deps.state.tenants.get('acme')!.memories.values();
    expect(left).toMatchObject({ version: 2, state: { content: 'by another writer' } });
  });

  it('stands where the graph takes it', async () => {
    const { answer } = await store(deps, { content: 'one', ...strict });
    expect(answer).toMatchObject({ version: 1, metadata: { graphWriteSuccess: true } });
  });
});
