import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { objectKey } from '../../../shared/lifecycle/object-key.ts';
import { decodeEntry } from '../../../shared/lifecycle/pack-format.ts';
import type { ArchiveCatalogue, ArchivePacks, MemoryArchive } from '../../../shared/lifecycle/ports.ts';
import { readArchived } from '../../../shared/lifecycle/read-archived.ts';
import { restoreArchived } from '../../../shared/lifecycle/restore-archived.ts';
import { deleteMemory } from '../../../shared/memory/write/delete-memory.ts';
import { archivePolicy } from '../../support/archive-policy.ts';
import { type MemoryDeps, memoryDeps, writer } from '../../support/memory-deps.ts';
import { store } from '../memory/support.ts';
import { stopAtEveryStep } from './stopped-at.ts';
import { days, long, read, tenant, tier } from './support.ts';

/** Archives three memories in a pack of their own and erases all but one; answers its id. */
async function sparsePack(deps: MemoryDeps, name: string, tenantId = tenant): Promise<string> {
  const context = { ...writer, tenantId };
  const ids: string[] = [];
  for (const part of ['kept', 'first', 'second'])
    ids.push((await store(deps, { content: long(`${name} ${part}`) }, context)).answer.id);
  const [kept, ...others] = ids as [string, string, string];
  deps.clock.advance(days(91));
  const archiveCatalogue: ArchiveCatalogue = { ...deps.archiveCatalogue, sparse: async () => [] };
  await tier(deps, { archiveCatalogue });
  for (const id of others) await deleteMemory(id, { hard: true }, context, deps);
  return kept;
}

const readDeps = (deps: MemoryDeps, memoryArchive: MemoryArchive = deps.archive) => ({
  archiveCatalogue: deps.archiveCatalogue,
  memoryArchive,
  logger: silentLogger,
});

/** Cold, whole, and in one place. */
async function expectWhole(deps: MemoryDeps, kept: Map<string, string>) {
  for (const [id, name] of kept) {
    expect(await read(deps, id)).toMatchObject({ memory: { tier: 'cold', content: long(`${name} kept`) } });
    expect(await deps.archiveCatalogue.entries(tenant, id)).toHaveLength(1);
  }
}

async function twoSparsePacks() {
  const deps = memoryDeps();
  const kept = new Map<string, string>();
  for (const name of ['a', 'b']) kept.set(await sparsePack(deps, name), name);
  expect(deps.archive.objects.size).toBe(2);
  return { deps, kept };
}

describe('a compaction that ends in the middle', () => {
  it.each(['before', 'after'] as const)(
    '%s the effect of any step: nothing is lost and nothing is twice',
    async (when) => {
      // a failed compaction fails no run; then it is what comes after it that fails
      const steps = await stopAtEveryStep(when, twoSparsePacks, async ({ deps, kept }) => {
        await expectWhole(deps, kept);

        // what was left behind is tidied up, and in the end all is in one object
        deps.clock.advance(days(1));
        await tier(deps);
        await tier(deps);
        await expectWhole(deps, kept);
        expect(deps.archive.objects.size).toBe(1);
        expect((await deps.archiveCatalogue.overview()).packs).toBe(1);
      });
      // unused, tenants due, sparse, begin, get, get, put, read back, complete, overview
      expect(steps).toBe(10);
    },
  );
});

describe('compaction', () => {
  let deps: MemoryDeps;
  let kept: Map<string, string>;
  let ids: string[];
  beforeEach(async () => {
    ({ deps, kept } = await twoSparsePacks());
    ids = [...kept.keys()];
  });

  it('writes what is alive in several packs into one, and its object is the living alone', async () => {
    const before = [...deps.archive.objects.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(await tier(deps)).toMatchObject({ archived: 0, compactedPacks: 2, failed: 0 });
    expect(await tier(deps)).toMatchObject({ compactedPacks: 0, discardedPacks: 2, packs: 1 });
    const [object] = deps.archive.objects.values();
    expect(object!.bytes.length).toBeLessThan(before / 2);
    await expectWhole(deps, kept);
    for (const id of ids) expect(await restoreArchived(tenant, id, readDeps(deps))).toBe('warm');
    expect(await tier(deps)).toMatchObject({ discardedPacks: 1, packs: 0 });
    expect(deps.archive.objects.size).toBe(0);
  });

  it('brings nothing back that is erased or restored while it is written', async () => {
    const [erased, restored] = ids as [string, string];
    const [entry] = await deps.archiveCatalogue.entries(tenant, erased);
    const identity = { tenantId: tenant, memoryId: erased, version: entry!.version };
    let copy = '';
    const archivePacks: ArchivePacks = {
      ...deps.archive,
      put: async (key, bytes) => {
        copy = key;
        const stored = await deps.archive.put(key, bytes);
        await deleteMemory(erased, { hard: true }, writer, deps);
        await restoreArchived(tenant, restored, readDeps(deps));
        return stored;
      },
    };
    expect(await tier(deps, { archivePacks })).toMatchObject({ compactedPacks: 0 });
    expect(await deps.archiveCatalogue.entries(tenant, erased)).toEqual([]);
    expect(await deps.archiveCatalogue.entries(tenant, restored)).toEqual([]);
    expect(await read(deps, restored)).toMatchObject({ memory: { tier: 'warm', content: long('b kept') } });
    // the copy that was written opens with the lost key, and with no other
    const bytes = deps.archive.objects.get(copy)!.bytes.subarray(0, entry!.length);
    expect(decodeEntry(bytes, entry!.dataKey, identity).entry.memoryId).toBe(erased);
    await tier(deps);
    expect(deps.archive.objects.size).toBe(0);
  });

  it('is not seen by who reads at that moment', async () => {
    let moved = false;
    const memoryArchive: MemoryArchive = {
      ...deps.archive,
      read: async (...args) => {
        // the reader knows where it lay; by now it lies elsewhere, and that object is gone
        if (!moved) {
          moved = true;
          expect(await tier(deps)).toMatchObject({ compactedPacks: 2 });
          expect(await tier(deps)).toMatchObject({ discardedPacks: 2 });
        }
        return deps.archive.read(...args);
      },
    };
    const archived = await readArchived(tenant, ids[0]!, 'all', readDeps(deps, memoryArchive));
    expect(archived).toMatchObject({ state: 'read', entries: [{ entry: { memoryId: ids[0] } }] });
    expect((await deps.archiveCatalogue.overview()).damagedEntries).toBe(0);
  });

  it('is shared by runs at once: every entry is in one pack', async () => {
    await Promise.all([tier(deps), tier(deps), tier(deps)]);
    await expectWhole(deps, kept);
    await tier(deps);
    expect(deps.archive.objects.size).toBe(1);
  });

  it('leaves what is frozen, and waits until there is enough', async () => {
    deps.archive.freeze();
    expect(await tier(deps)).toMatchObject({ compactedPacks: 0, failed: 0 });
    expect(deps.archive.objects.size).toBe(2);
    for (const key of deps.archive.objects.keys()) await deps.archive.thaw(key);
    deps.archive.bringBack();
    const few = { archivePolicy: { ...archivePolicy, minPackMemories: 3 } };
    expect(await tier(deps, few)).toMatchObject({ compactedPacks: 0 });
    expect(await tier(deps)).toMatchObject({ compactedPacks: 2 });
    await expectWhole(deps, kept);
  });

  it('does not copy what is damaged, says so once, and moves the rest', async () => {
    const [damaged, whole] = ids as [string, string];
    const [entry] = await deps.archiveCatalogue.entries(tenant, damaged);
    const object = deps.archive.objects.get(objectKey(tenant, entry!.packId))!;
    object.bytes = object.bytes.map((byte, at) => (at === entry!.offset + 40 ? byte ^ 1 : byte));
    expect(await tier(deps)).toMatchObject({ damagedEntries: 1, failed: 0 });
    const [still] = await deps.archiveCatalogue.entries(tenant, damaged);
    expect(still).toEqual(entry);
    expect(await read(deps, whole)).toMatchObject({ memory: { content: long('b kept') } });
    expect(await tier(deps)).toMatchObject({ compactedPacks: 0, discardedPacks: 1, packs: 2 });
  });

  it('goes on with the other tenants when one object is not given', async () => {
    const [entry] = await deps.archiveCatalogue.entries(tenant, ids[0]!);
    await sparsePack(deps, 'other', 'other');
    const missing = objectKey(tenant, entry!.packId);
    const away = new AppError('archive_unavailable', 'It is away.', { retryable: true });
    const archivePacks: ArchivePacks = {
      ...deps.archive,
      get: (key) => (key === missing ? Promise.reject(away) : deps.archive.get(key)),
    };
    expect(await tier(deps, { archivePacks })).toMatchObject({ compactedPacks: 1, failed: 2 });
    await expectWhole(deps, kept);
  });
});
