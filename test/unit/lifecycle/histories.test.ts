import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacCursors } from '../../../shared/adapters/cursors/hmac-cursors.ts';
import { listVersions } from '../../../shared/memory/read/list-versions.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { restoreMemory } from '../../../shared/memory/write/restore-memory.ts';
import { archivePolicy } from '../../support/archive-policy.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store } from '../memory/support.ts';
import { tierStoppedAt } from './stopped-at.ts';
import { days, long, read, tenant, tier } from './support.ts';

const pageCursors = hmacCursors(async () => 'k'.repeat(32));

const externalId = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('store' as const), externalId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('erase' as const), externalId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), externalId }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      /** Beyond the last call the run ends by itself. */
      endsAt: fc.integer({ min: 1, max: 40 }),
      when: fc.constantFrom('before' as const, 'after' as const),
      beside: fc.boolean(),
    }),
  },
);

/** The contents of a memory's versions, oldest first, under its id. */
type Model = Map<string, { id: string; contents: string[] }>;

async function expectModel(deps: MemoryDeps, model: Model) {
  for (const { id, contents } of model.values()) {
    expect(await read(deps, id)).toMatchObject({ memory: { content: contents.at(-1) } });
    const listed = await listVersions(tenant, id, { limit: 100 }, { ...deps, pageCursors });
    if (!('versions' in listed)) throw new Error('nothing is frozen here');
    expect(listed.versions.map(({ memory }) => memory.content)).toEqual(contents.toReversed());
  }
}

describe('any history of storing, erasing, restoring, archiving and compacting', () => {
  it('with runs that end anywhere or meet others: no version is lost, none is twice, and what is erased is gone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const deps = memoryDeps();
        const model: Model = new Map();
        const erased: string[] = [];
        let written = 0;
        for (const now of steps) {
          const known = 'externalId' in now ? model.get(now.externalId) : undefined;
          if (now.kind === 'store') {
            written += 1;
            const content = long(`version ${written}`);
            const { id } = (await store(deps, { externalId: now.externalId, content })).answer;
            model.set(now.externalId, { id, contents: [...(known?.contents ?? []), content] });
          } else if (now.kind === 'erase' && known) {
            await deleteMemory(known.id, { hard: true }, writer, deps);
            model.delete(now.externalId);
            erased.push(known.id);
          } else if (now.kind === 'restore' && known) {
            await restoreMemory(tenant, known.id, deps);
          } else if (now.kind === 'run') {
            deps.clock.advance(days(91));
            // each memory that dies leaves a pack that is compacted
            const given = { archivePolicy: { ...archivePolicy, compactBelow: 0.99 } };
            const ending = tierStoppedAt(deps, now.endsAt, now.when, given);
            await Promise.allSettled([ending, ...(now.beside ? [tier(deps)] : [])]);
          }
        }
        await expectModel(deps, model);
        // left alone, everything grows cold, and only objects stay that somebody needs
        deps.clock.advance(days(91));
        for (let run = 0; run < 3; run += 1) await tier(deps);
        await expectModel(deps, model);
        for (const id of erased) expect(await deps.archiveCatalogue.entries(tenant, id)).toEqual([]);
        const needed = new Set<string>();
        for (const { id } of model.values()) {
          for (const { packId } of await deps.archiveCatalogue.entries(tenant, id)) needed.add(packId);
        }
        expect(deps.archive.objects.size).toBe(needed.size);
        expect((await deps.archiveCatalogue.overview()).damagedEntries).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
