import { beforeEach, describe, expect, it } from 'vitest';
import { getMemory } from '../../../shared/memory/read/get-memory.ts';
import { fillEmbeddings } from '../../../shared/memory/write/fill-embeddings.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, stored, update } from './support.ts';

describe('while a part is away', () => {
  let deps: MemoryDeps;
  beforeEach(() => {
    deps = memoryDeps();
  });
  const pending = () => deps.memories.unembedded(deps.embedder.space, 100);

  it('the embedder: memories are stored, wait for their vector and get it later', async () => {
    deps.faults.embedder = true;
    const { answer } = await store(deps, { content: 'one' });
    expect(answer.warnings).toMatchObject([{ code: 'embedding_pending' }]);
    expect(answer.metadata.vectorWriteSuccess).toBe(true);
    await expect(fillEmbeddings(deps)).rejects.toMatchObject({
      code: 'embedding_unavailable',
      retryable: true,
    });
    expect(await pending()).toEqual([{ tenantId: 'acme', id: answer.id }]);

    deps.faults.embedder = false;
    expect(await fillEmbeddings(deps)).toEqual({ pending: 1, filled: 1 });
    expect(await pending()).toEqual([]);
    expect(await fillEmbeddings(deps)).toEqual({ pending: 0, filled: 0 });
    const vectors = deps.state.tenants.get('acme')!.memories.get(answer.id)!.vectors;
    const own = vectors.get('test-2')!.own!;
    expect(own[0]! / own[1]!).toBeCloseTo('one'.length);
    expect((await stored(deps, answer.id))!.version).toBe(1);
  });

  it('the embedder: one that breaks in another way fails the write', async () => {
    deps.embedder.embed = async () => {
      throw new TypeError('a defect');
    };
    await expect(store(deps, { content: 'one' })).rejects.toThrow(TypeError);
    expect(deps.state.tenants.size).toBe(0);
  });

  it('the embedder: an expired memory does not hold up the others', async () => {
    deps.faults.embedder = true;
    await store(deps, { content: 'short', ttlSeconds: 10 });
    const { answer } = await store(deps, { content: 'long' });
    deps.clock.advance(10);
    deps.faults.embedder = false;
    expect(await fillEmbeddings(deps)).toEqual({ pending: 2, filled: 1 });
    expect(await pending()).toEqual([]);
    expect(await stored(deps, answer.id)).toBeDefined();
  });

  it('the extractor: the given entities are stored, and a warning says so', async () => {
    deps.faults.extractor = true;
    const { answer } = await store(deps, { content: '#found', entities: [{ type: 'person', value: 'Ada' }] });
    expect(answer.memory.entities).toMatchObject([{ normalized: 'ada' }]);
    expect(answer.warnings).toMatchObject([{ code: 'extraction_unavailable' }]);
  });

  it('the cache: writes and reads go on without it', async () => {
    deps.faults.cache = true;
    const { answer } = await store(deps, { content: 'one' });
    expect(await getMemory(writer.tenantId, answer.id, { embedding: false }, deps)).toMatchObject({
      memory: { tier: 'warm' },
    });
    await update(deps, answer.id, { content: 'two' });
    expect(await getMemory(writer.tenantId, answer.id, { embedding: false }, deps)).toMatchObject({
      memory: { content: 'two' },
    });
  });

  it('the graph: the write stands and says so; the queue knows what to repair', async () => {
    deps.faults.graph = true;
    const { answer } = await store(deps, { content: 'one' });
    expect(answer.metadata).toMatchObject({ vectorWriteSuccess: true, graphWriteSuccess: false });
    await update(deps, answer.id, { content: 'two' });
    expect(deps.graphChanges.waiting.map(({ memoryId, version }) => [memoryId, version])).toEqual([
      [answer.id, 1],
      [answer.id, 2],
    ]);
    expect(await deps.syncState.statistics(writer.tenantId)).toEqual({ memories: 1, projected: 0 });
    deps.faults.graph = false;
    await update(deps, answer.id, { content: 'three' });
    expect(await deps.syncState.statistics(writer.tenantId)).toEqual({ memories: 1, projected: 1 });
    expect(deps.graph.contents('acme').memories).toMatchObject([{ id: answer.id, version: 3 }]);
  });
});
