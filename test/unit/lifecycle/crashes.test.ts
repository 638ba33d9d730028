import { describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { ArchiveCatalogue, ArchivePacks } from '../../../shared/lifecycle/ports.ts';
import { tierToArchive } from '../../../shared/lifecycle/tier-to-archive.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { archivePolicy } from '../../support/archive-policy.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store, update } from '../memory/support.ts';
import { stopAtEveryStep } from './stopped-at.ts';
import { days, growCold, long, read, tenant, tier, tierDeps } from './support.ts';

const contents = ['alpha', 'beta', 'gamma'].map(long);

/** Each memory is warm or cold, and whole; in the store or in the archive, and not in both. */
async function expectWhole(deps: MemoryDeps, ids: string[]) {
  for (const [index, id] of ids.entries()) {
    const answer = await read(deps, id);
    expect(answer).toMatchObject({ memory: { content: contents[index] } });
    const warm = (await deps.memories.versions(tenant, id, { limit: 9 })).length;
    const cold = (await deps.archiveCatalogue.entries(tenant, id)).length;
    expect([warm, cold].toSorted()).toEqual([0, 1]);
  }
}

describe('a run that ends in the middle', () => {
  it.each(['before', 'after'] as const)(
    '%s the effect of any step: nothing is lost and nothing is twice',
    async (when) => {
      const begin = async () => {
        const deps = memoryDeps();
        const ids: string[] = [];
        for (const content of contents) ids.push((await store(deps, { content })).answer.id);
        deps.clock.advance(days(91));
        return { deps, ids };
      };
      const steps = await stopAtEveryStep(when, begin, async ({ deps, ids }) => {
        await expectWhole(deps, ids);

        // what was left behind is tidied up, and in the end everything is cold, in one object
        deps.clock.advance(days(91));
        await tier(deps);
        await expectWhole(deps, ids);
        expect((await deps.archiveCatalogue.overview()).coldMemories).toBe(3);
        expect(deps.archive.objects.size).toBe(1);
        expect(await deps.archiveCatalogue.unused(10)).toEqual([]);
      });
      // unused, tenants due, due, begin, put, read back, complete, due, sparse, overview
      expect(steps).toBe(10);
    },
  );
});

describe('the archive', () => {
  it('is away: the run fails, everything stays warm, and the next run archives it', async () => {
    const deps = memoryDeps();
    const { id } = (await store(deps, { content: long('a') })).answer;
    deps.clock.advance(days(91));
    const away: ArchivePacks = { ...deps.archive, put: async () => Promise.reject(unavailable) };
    await expect(tier(deps, { archivePacks: away })).rejects.toMatchObject({ code: 'archive_unavailable' });
    expect((await deps.memories.get(tenant, [id], { uncounted: true }))[0]).toMatchObject({ tier: 'warm' });
    expect(await tier(deps)).toMatchObject({ archived: 1, failed: 0, coldMemories: 1, discardedPacks: 1 });
  });

  it.each([
    ['another byte', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 40 ? byte ^ 1 : byte))],
    ['a shorter object', (bytes: Uint8Array) => bytes.subarray(0, -1)],
  ])('that gives back %s gets no memory', async (_, damage) => {
    const deps = memoryDeps();
    const { id } = (await store(deps, { content: long('a') })).answer;
    deps.clock.advance(days(91));
    const archivePacks: ArchivePacks = {
      ...deps.archive,
      get: async (key) => {
        const bytes = await deps.archive.get(key);
        return typeof bytes === 'string' ? bytes : damage(bytes);
      },
    };
    await expect(tier(deps, { archivePacks })).rejects.toMatchObject({ code: 'archive_corrupted' });
    expect(await read(deps, id)).toMatchObject({ memory: { tier: 'warm', content: long('a') } });
  });

  it('goes on with the other tenants when it cannot take one', async () => {
    const deps = memoryDeps();
    await store(deps, { content: 'a' }, { tenantId: 'poisoned' });
    await store(deps, { content: 'b' });
    deps.clock.advance(days(91));
    const archiveCatalogue: ArchiveCatalogue = {
      ...deps.archiveCatalogue,
      begin: async (tenantId, ...rest) => {
        if (tenantId === 'poisoned') throw new TypeError('a defect');
        return deps.archiveCatalogue.begin(tenantId, ...rest);
      },
    };
    expect(await tier(deps, { archiveCatalogue })).toMatchObject({ archived: 1, failed: 1, coldMemories: 1 });
  });

  it('lets the few of one tenant wait, and takes from many tenants in turn', async () => {
    const deps = memoryDeps();
    const few = (await store(deps, { content: long('few') }, { tenantId: 'small' })).answer.id;
    const many: string[] = [];
    for (const content of contents) many.push((await store(deps, { content })).answer.id);
    const waiting = { archivePolicy: { ...archivePolicy, minPackMemories: 2 } };
    deps.clock.advance(days(91));
    expect(await tier(deps, waiting)).toMatchObject({ archived: 3, warmMemories: 1, packs: 1 });
    await expectWhole(deps, many);
    expect((await deps.memories.get('small', [few], { uncounted: true }))[0]).toMatchObject({ tier: 'warm' });
    deps.clock.advance(days(30));
    expect(await tier(deps, waiting)).toMatchObject({ archived: 1, warmMemories: 0, packs: 2 });
  });

  it('fills object after object of a tenant, in turn with the others', async () => {
    const deps = memoryDeps();
    for (const content of contents) await store(deps, { content });
    await store(deps, { content: long('other') }, { tenantId: 'other' });
    deps.clock.advance(days(91));
    const begun: string[] = [];
    const oneAtOnce: ArchiveCatalogue = {
      ...deps.archiveCatalogue,
      due: (tenantId, given) => deps.archiveCatalogue.due(tenantId, given, 1),
      begin: async (tenantId, ...rest) => {
        begun.push(tenantId);
        return deps.archiveCatalogue.begin(tenantId, ...rest);
      },
    };
    expect(await tier(deps, { archiveCatalogue: oneAtOnce })).toMatchObject({ archived: 4, packs: 4 });
    expect(begun).toEqual([tenant, 'other', tenant, tenant]);
  });

  it('takes no memory that changes, is read or is erased while it is written', async () => {
    const deps = memoryDeps();
    const ids: string[] = [];
    for (const content of contents) ids.push((await store(deps, { content })).answer.id);
    const [changed, looked, erased] = ids as [string, string, string];
    deps.clock.advance(days(91));
    const archivePacks: ArchivePacks = {
      ...deps.archive,
      put: async (...args) => {
        const stored = await deps.archive.put(...args);
        await update(deps, changed, { content: 'new' });
        await read(deps, looked);
        await deleteMemory(erased, { hard: true }, writer, deps);
        return stored;
      },
    };
    expect(await tier(deps, { archivePacks })).toMatchObject({ archived: 0, coldMemories: 0 });
    expect(await read(deps, changed)).toMatchObject({ memory: { content: 'new', version: 2 } });
    expect(await deps.memories.versions(tenant, changed, { limit: 9 })).toHaveLength(2);
    expect(await tier(deps)).toMatchObject({ discardedPacks: 1 });
    expect(deps.archive.objects.size).toBe(0);
  });

  it('is shared by runs at once: every memory is in one object of one of them', async () => {
    const deps = memoryDeps();
    const ids: string[] = [];
    for (const content of contents) ids.push((await store(deps, { content })).answer.id);
    deps.clock.advance(days(91));
    const runs = await Promise.all([tier(deps), tier(deps), tier(deps)]);
    expect(runs.reduce((sum, { archived }) => sum + archived, 0)).toBe(3);
    await expectWhole(deps, ids);
    await tier(deps);
    expect(deps.archive.objects.size).toBe(1);
  });

  it('keeps no object of which nothing is alive, and begins nothing that it cannot end', async () => {
    const deps = memoryDeps();
    const { id } = (await store(deps, { content: long('a') })).answer;
    await growCold(deps);
    await deleteMemory(id, { hard: true }, writer, deps);
    expect(await tier(deps)).toMatchObject({ discardedPacks: 1, packs: 0, coldMemories: 0 });
    expect(deps.archive.objects.size).toBe(0);

    await store(deps, { content: 'b' });
    deps.clock.advance(days(91));
    const soon = new Date(deps.clock.now().getTime() + 1_000);
    expect(await tierToArchive(tierDeps(deps), soon)).toMatchObject({ archived: 0, failed: 0 });
  });
});

const unavailable = new AppError('archive_unavailable', 'It is away.', { retryable: true });
