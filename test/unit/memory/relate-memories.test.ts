import { beforeEach, describe, expect, it } from 'vitest';
import { relateBody } from '../../../shared/contracts/memory/recall.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { relateMemories } from '../../../shared/memory/write/relate-memories.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, stored } from './support.ts';

describe('relateMemories', () => {
  let deps: MemoryDeps;
  let source: string;
  let target: string;
  beforeEach(async () => {
    deps = memoryDeps();
    source = (await store(deps, { content: 'source', externalId: 's' })).answer.id;
    target = (await store(deps, { content: 'target', externalId: 't' })).answer.id;
  });
  const relate = (body: object) => relateMemories(relateBody.parse(body), writer, deps);

  it('puts an edge on the source, whose version it raises', async () => {
    const answer = await relate({ source: 's', target: 't', type: 'SUPPORTS', weight: 0.5 });
    expect(answer).toMatchObject({
      id: source,
      version: 2,
      relationship: { source, target: 't', targetId: target, type: 'SUPPORTS', weight: 0.5 },
      metadata: { graphWriteSuccess: true },
      warnings: [],
    });
    expect(deps.graph.contents('acme').edges).toMatchObject([
      { sourceId: source, targetId: target, weight: 0.5 },
    ]);
    const [version] = await deps.memories.versions('acme', source, { limit: 1 });
    expect(version).toMatchObject({ operation: 'related' });
    expect((await stored(deps, target))!.version).toBe(1);
  });

  it('replaces an edge of the same type to the same target, and adds others', async () => {
    await relate({ source: 's', target: 't', type: 'SUPPORTS', weight: 0.5 });
    await relate({ source: source.toUpperCase(), target: 't', type: 'SUPPORTS', weight: 0.9 });
    await relate({ source, target: 't', type: 'CONTRADICTS' });
    expect((await stored(deps, source))!.relationships).toMatchObject([
      { type: 'CONTRADICTS', weight: 1 },
      { type: 'SUPPORTS', weight: 0.9 },
    ]);
  });

  it('keeps a target that is not there, and warns of it alone', async () => {
    await relate({ source: 's', target: 'first unknown' });
    const { warnings, relationship } = await relate({ source: 's', target: 'second unknown' });
    expect(warnings).toMatchObject([{ code: 'unresolved_reference', reference: 'second unknown' }]);
    expect(relationship).not.toHaveProperty('targetId');
  });

  it('needs a source that is there', async () => {
    await expect(relate({ source: 'nobody', target: 't' })).rejects.toMatchObject({ code: 'not_found' });
    await deleteMemory(source, { hard: false }, writer, deps);
    await expect(relate({ source: 's', target: 't' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('loses no edge of several writers at once', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => relate({ source: 's', target: name })));
    expect((await stored(deps, source))!.relationships.map((edge) => edge.target)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });
});
