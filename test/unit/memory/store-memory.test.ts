import { beforeEach, describe, expect, it } from 'vitest';
import { storeBody } from '../../../shared/contracts/memory/store.ts';
import { importanceFromWire, importanceToWire } from '../../../shared/memory/wire.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { keyOf } from '../../support/store-writes.ts';
import { store, stored } from './support.ts';

describe('storeMemory', () => {
  let deps: MemoryDeps;
  beforeEach(() => {
    deps = memoryDeps();
  });

  it('answers what was stored, in both stores', async () => {
    const { created, answer } = await store(deps, {
      content: 'The deploy failed. #deploy',
      agentId: 'planner',
      importance: 7.3,
      tags: ['ops', 'ops'],
    });
    expect(created).toBe(true);
    expect(answer).toMatchObject({
      version: 1,
      memory: {
        importance: 7.3,
        tags: ['ops'],
        tier: 'warm',
        version: 1,
        createdAt: '2026-03-01T12:00:00.000Z',
      },
      metadata: { vectorWriteSuccess: true, graphWriteSuccess: true, durationMs: 0 },
      warnings: [],
    });
    const memory = await stored(deps, answer.id);
    expect(memory).toMatchObject({ importance: 0.73, occurredAt: '2026-03-01T12:00:00.000Z' });
    expect(memory!.entities).toEqual([
      { type: 'hashtag', value: 'deploy', normalized: 'deploy', confidence: 0.8, source: 'tags' },
    ]);
    expect(deps.graph.contents('acme').memories).toMatchObject([{ id: answer.id, version: 1 }]);
    expect(await deps.hotCache.get(writer.tenantId, answer.id)).toEqual(memory);
  });

  it('lifts the metadata keys of the older schema into fields, unless the fields are there', async () => {
    const metadata = {
      timestamp: '2025-05-05T05:05:05+02:00',
      tags: ['from metadata'],
      importance: 9,
      sessionId: 's1',
      accessCount: 12,
    };
    const lifted = await store(deps, { content: 'a', metadata });
    expect(await stored(deps, lifted.answer.id)).toMatchObject({
      occurredAt: '2025-05-05T03:05:05.000Z',
      tags: ['from metadata'],
      importance: 0.9,
      sessionId: 's1',
      accessCount: 0,
      metadata,
    });
    const given = await store(deps, {
      content: 'a',
      metadata,
      occurredAt: '2024-01-01T00:00:00Z',
      tags: ['given'],
      importance: 1,
      sessionId: 's2',
    });
    expect(await stored(deps, given.answer.id)).toMatchObject({
      occurredAt: '2024-01-01T00:00:00.000Z',
      tags: ['given'],
      importance: 0.1,
      sessionId: 's2',
    });
  });

  it('keeps every importance with one decimal exactly', async () => {
    for (let tenths = 0; tenths <= 100; tenths += 1) {
      const wire = tenths / 10;
      expect(importanceToWire(importanceFromWire(wire))).toBe(wire);
      // the store keeps single precision, of which its driver tells the shortest text
      expect(importanceToWire(Math.fround(importanceFromWire(wire)))).toBe(wire);
    }
  });

  it('is of middling importance when nothing is said', async () => {
    expect((await store(deps, { content: 'a' })).answer.memory.importance).toBe(5);
  });

  it('keeps working memory for a day, or as long as asked, and then answers it no more', async () => {
    const day = (await store(deps, { content: 'a', memoryType: 'working' })).answer.memory;
    const hour = (await store(deps, { content: 'b', memoryType: 'working', ttlSeconds: 3_600 })).answer
      .memory;
    const always = (await store(deps, { content: 'c' })).answer.memory;
    expect(day.expiresAt).toBe('2026-03-02T12:00:00.000Z');
    expect(hour.expiresAt).toBe('2026-03-01T13:00:00.000Z');
    expect(always).not.toHaveProperty('expiresAt');
    const there = async () =>
      (await deps.memories.get(writer.tenantId, [day.id, hour.id, always.id], { uncounted: true })).length;
    deps.clock.advance(3_599);
    expect(await there()).toBe(3);
    deps.clock.advance(1);
    expect(await there()).toBe(2);
    deps.clock.advance(82_800);
    expect(await there()).toBe(1);
  });

  it('brings a memory with the same external id to the new state', async () => {
    const first = await store(deps, { externalId: 'x', content: 'one #a', tags: ['a'] });
    deps.clock.advance(60);
    const second = await store(deps, { externalId: 'x', content: 'two' });
    expect(second).toMatchObject({ created: false, answer: { id: first.answer.id, version: 2 } });
    expect(second.answer.memory).toMatchObject({
      content: 'two',
      tags: [],
      entities: [],
      createdAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:01:00.000Z',
    });
  });

  it("lets the caller's entities win over the extractor's, and looks for none when told not to", async () => {
    const entities = [{ type: 'project' as const, value: 'Apollo!' }];
    const both = await store(deps, { content: '#apollo and #gemini', entities });
    expect(
      both.answer.memory.entities.map(({ type, normalized, source }) => [type, normalized, source]),
    ).toEqual([
      ['project', 'apollo', 'caller'],
      ['hashtag', 'gemini', 'tags'],
    ]);
    const none = await store(deps, { content: '#apollo', extractEntities: false });
    expect(none.answer.memory.entities).toEqual([]);
  });

  it('keeps the last of edges of the same type to the same target, and warns of what names nothing', async () => {
    const target = (await store(deps, { content: 'target', externalId: 't' })).answer.id;
    const { answer } = await store(deps, {
      content: 'a',
      relationships: {
        relatedMemories: ['t', 'nobody'],
        edges: [
          { target: 't', type: 'SUPPORTS', weight: 0.1 },
          { target: 't', type: 'SUPPORTS', weight: 0.9 },
        ],
      },
    });
    expect(answer.memory.relationships).toEqual([
      { target: 'nobody', type: 'RELATED_TO', weight: 1 },
      { target: 't', type: 'RELATED_TO', weight: 1, targetId: target },
      { target: 't', type: 'SUPPORTS', weight: 0.9, targetId: target },
    ]);
    expect(answer.warnings).toMatchObject([
      { code: 'unresolved_reference', memoryId: answer.id, reference: 'nobody' },
    ]);
  });

  it('answers the same under the same key, with one effect, also without a recorded answer', async () => {
    const idempotency = keyOf('k');
    const [first, ...others] = await Promise.all(
      Array.from({ length: 10 }, () => store(deps, { content: 'once' }, { idempotency })),
    );
    for (const other of others) expect(other).toEqual(first);
    expect(deps.state.tenants.get(writer.tenantId)!.memories.size).toBe(1);
    await expect(store(deps, { content: 'other' }, { idempotency: keyOf('k', 'b') })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  it('refuses a vector of another dimension, with both numbers', async () => {
    await store(deps, { content: 'a', embedding: [1, 2, 3] });
    await expect(store(deps, { content: 'b', embeddings: [1, 2] })).rejects.toMatchObject({
      code: 'dimension_mismatch',
      retryable: false,
      details: { given: 2, expected: 3 },
    });
  });

  it('refuses both names of the vector at once', () => {
    expect(storeBody.safeParse({ content: 'a', embedding: [1], embeddings: [1] }).success).toBe(false);
  });
});
