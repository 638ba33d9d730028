import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { keyOf } from '../../support/store-writes.ts';
import { store, stored, update } from './support.ts';

describe('updateMemory', () => {
  let deps: MemoryDeps;
  let id: string;
  beforeEach(async () => {
    deps = memoryDeps();
    const { answer } = await store(deps, {
      content: 'old #found',
      summary: 'a summary',
      domain: 'ops',
      tags: ['a'],
      metadata: { kept: true },
      validFrom: '2026-01-01T00:00:00Z',
      ttlSeconds: 60,
      entities: [{ type: 'person', value: 'Ada' }],
      relationships: { relatedMemories: ['later'] },
    });
    id = answer.id;
  });

  it('changes the named fields and no other, as the next version', async () => {
    const before = await stored(deps, id);
    deps.clock.advance(10);
    const answer = await update(deps, id, { tags: ['b'], importance: 1.5, reason: 'why not' });
    expect(answer).toMatchObject({ id, version: 2, metadata: { graphWriteSuccess: true } });
    expect(await stored(deps, id)).toEqual({
      ...before,
      tags: ['b'],
      importance: 0.15,
      version: 2,
      updatedAt: '2026-03-01T12:00:10.000Z',
    });
    const [version] = await deps.memories.versions(writer.tenantId, id, { limit: 1 });
    expect(version).toMatchObject({ operation: 'updated', changedBy: 'tester', reason: 'why not' });
  });

  it('takes optional fields away with null', async () => {
    await update(deps, id, { summary: null, domain: null, validFrom: null, ttlSeconds: null });
    const memory = await stored(deps, id);
    for (const field of ['summary', 'domain', 'validFrom', 'expiresAt'])
      expect(memory).not.toHaveProperty(field);
    deps.clock.advance(100);
    expect(await stored(deps, id)).toBeDefined();
  });

  it('refuses an end before the beginning, whichever of them was there before', async () => {
    const refused = { code: 'validation_failed' };
    await expect(update(deps, id, { validTo: '2025-12-31T23:59:59.999Z' })).rejects.toMatchObject(refused);
    await update(deps, id, { validTo: '2026-02-01T00:00:00.000Z' });
    await expect(update(deps, id, { validFrom: '2026-02-02T00:00:00.000Z' })).rejects.toMatchObject(refused);
    await update(deps, id, { validFrom: '2026-02-02T00:00:00.000Z', validTo: null });
  });

  it('counts a new time to live from now', async () => {
    deps.clock.advance(30);
    await update(deps, id, { ttlSeconds: 60 });
    expect((await stored(deps, id))!.expiresAt).toBe('2026-03-01T12:01:30.000Z');
  });

  it("drops what was found in the old text with it, and keeps the caller's entities", async () => {
    const names = async () => (await stored(deps, id))!.entities.map(({ normalized }) => normalized);
    expect(await names()).toEqual(['ada', 'found']);
    await update(deps, id, { content: 'new #other' });
    expect(await names()).toEqual(['ada', 'other']);
    await update(deps, id, { tags: ['c'] });
    expect(await names()).toEqual(['ada', 'other']);
    await update(deps, id, { entities: [{ type: 'place', value: 'Rome' }] });
    expect(await names()).toEqual(['rome']);
    await update(deps, id, { content: 'newest #last', extractEntities: false });
    expect(await names()).toEqual(['rome']);
    await update(deps, id, { extractEntities: true });
    expect(await names()).toEqual(['rome', 'last']);
  });

  it('embeds a text only when it is new', async () => {
    deps.seenTexts.length = 0;
    await update(deps, id, { tags: ['c'], extractEntities: false });
    expect(deps.seenTexts).toEqual([]);
    await update(deps, id, { content: 'new', extractEntities: false });
    expect(deps.seenTexts).toEqual(['new']);
  });

  it('keeps the edges, which are no part of the patch', async () => {
    await update(deps, id, { content: 'new' });
    expect((await stored(deps, id))!.relationships).toEqual([
      { target: 'later', type: 'RELATED_TO', weight: 1 },
    ]);
  });

  it('repeats the change on what is there when another writer was quicker', async () => {
    const get = deps.memories.get;
    let raced = false;
    deps.memories.get = async (...args) => {
      const found = await get(...args);
      if (!raced) {
        raced = true;
        await update(deps, id, { domain: 'of the other writer' });
      }
      return found;
    };
    const answer = await update(deps, id, { tags: ['mine'] }, { idempotency: keyOf('k') });
    expect(answer.version).toBe(3);
    expect(await stored(deps, id)).toMatchObject({ domain: 'of the other writer', tags: ['mine'] });
  });

  it('gives every one of several writers at once its effect', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, index) => update(deps, id, { metadata: { writer: index } })),
    );
    expect(answers.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5]);
  });

  it('leaves a conflict to the caller who named a version', async () => {
    await update(deps, id, { tags: ['b'] }, { ifMatch: 1 });
    await expect(update(deps, id, { tags: ['c'] }, { ifMatch: 1 })).rejects.toMatchObject({
      code: 'version_conflict',
      details: { currentVersion: 2 },
    });
    expect((await stored(deps, id))!.tags).toEqual(['b']);
  });

  it('tells what is not there from what was deleted', async () => {
    await expect(update(deps, newId(), { tags: [] })).rejects.toMatchObject({ code: 'not_found' });
    await deleteMemory(id, { hard: false }, writer, deps);
    await expect(update(deps, id, { tags: [] })).rejects.toMatchObject({ code: 'gone' });
    await expect(update(deps, id, { tags: [] }, { idempotency: keyOf('k') })).rejects.toMatchObject({
      code: 'gone',
    });
    expect((await stored(deps, id))!.version).toBe(2);
  });
});
