import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Memory, MemoryVersion } from '../../../shared/memory/model.ts';
import { restoreMemory } from '../../../shared/memory/write/restore-memory.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, update } from '../memory/support.ts';
import { growCold, tenant } from './support.ts';

const content = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 600 }).filter((text) => text.trim() !== ''),
  fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ maxLength: 200 }), { minKeys: 1, maxKeys: 4 }),
);
const component = fc.float({ min: -100, max: 100, noNaN: true });
const vector = fc
  .array(component, { minLength: 3, maxLength: 3 })
  .filter((values) => Math.hypot(...values) > 1e-3);
// what is stored as JSON knows no negative zero
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const memories = fc.record({
  content,
  edits: fc.array(content, { maxLength: 3 }),
  embedding: fc.option(vector, { nil: undefined }),
  tags: fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 3 }),
  metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.string(), number, fc.boolean())),
});

async function whole(deps: MemoryDeps, id: string): Promise<{ memory: Memory; versions: MemoryVersion[] }> {
  const [memory] = await deps.memories.get(tenant, [id], { uncounted: true, embedding: true });
  const { accessCount: _, lastAccessedAt: __, ...rest } = memory!;
  return { memory: rest as Memory, versions: await deps.memories.versions(tenant, id, { limit: 100 }) };
}

describe('restore(archive(memory))', () => {
  it('is the memory: content, metadata, every version, and the bits of its vector', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(memories, { minLength: 1, maxLength: 5 }), async (given) => {
        const deps = memoryDeps();
        const ids: string[] = [];
        for (const { edits, embedding, ...body } of given) {
          const { id } = (await store(deps, { ...body, ...(embedding && { embedding }) })).answer;
          for (const edit of edits) await update(deps, id, { content: edit, reason: 'edited' });
          ids.push(id);
        }
        const before = await Promise.all(ids.map((id) => whole(deps, id)));
        expect((await growCold(deps)).archived).toBe(ids.length);
        for (const id of ids) expect(await deps.memories.versions(tenant, id, { limit: 9 })).toEqual([]);
        for (const [index, id] of ids.entries()) {
          await restoreMemory(writer.tenantId, id, deps);
          expect(await whole(deps, id)).toEqual(before[index]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
