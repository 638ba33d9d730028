import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import type { Memory } from '../../shared/memory/model.ts';
import type { MemoryCache } from '../../shared/memory/ports.ts';
import { settableClock } from '../support/settable-clock.ts';

type SettableClock = ReturnType<typeof settableClock>;

export const cachedMemory = (id: string, version: number, changes: Partial<Memory> = {}): Memory => ({
  id,
  version,
  type: 'semantic',
  tier: 'warm',
  content: `content of version ${version}`,
  tags: ['a', 'ü'],
  importance: 0.5,
  metadata: { nested: { list: [1, null, 'x'] } },
  entities: [{ type: 'person', value: 'Ada', normalized: 'ada', confidence: 0.9, source: 'caller' }],
  relationships: [{ target: 'ext-1', type: 'RELATED_TO', weight: 1 }],
  occurredAt: '2026-01-02T03:04:05.000Z',
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  accessCount: 3,
  ...changes,
});

/** What every hot cache must do. `make` answers one whose entries live for 60 seconds of the given clock. */
export function describeMemoryCache(name: string, make: (clock: SettableClock) => MemoryCache): void {
  describe(`MemoryCache: ${name}`, () => {
    const tenant = 'tenant-a';
    let clock: SettableClock;
    let cache: MemoryCache;
    let id: string;

    beforeEach(() => {
      clock = settableClock('2026-03-01T12:00:00.000Z');
      cache = make(clock);
      id = newId();
    });

    it('misses what was never put', async () => {
      expect(await cache.get(tenant, id)).toBeUndefined();
    });

    it('answers a memory as it was put, without its vector', async () => {
      const memory = cachedMemory(id, 1, { summary: 'short', domain: 'billing' });
      await cache.put(tenant, [{ ...memory, embedding: [1, 2, 3] }]);
      expect(await cache.get(tenant, id)).toEqual(memory);
    });

    it('keeps tenants apart, even with the same id', async () => {
      await cache.put(tenant, [cachedMemory(id, 1)]);
      expect(await cache.get('tenant-b', id)).toBeUndefined();
      await cache.put('tenant-b', [cachedMemory(id, 7)]);
      expect(await cache.get(tenant, id)).toMatchObject({ version: 1 });
      expect(await cache.get('tenant-b', id)).toMatchObject({ version: 7 });
    });

    it('refuses a fill that is older than what it holds', async () => {
      await cache.put(tenant, [cachedMemory(id, 3)]);
      await cache.put(tenant, [cachedMemory(id, 2)]);
      expect(await cache.get(tenant, id)).toMatchObject({ version: 3 });
    });

    it('ends with the highest version however puts race', async () => {
      const versions = [4, 1, 6, 2, 5, 3];
      await Promise.all(versions.map((version) => cache.put(tenant, [cachedMemory(id, version)])));
      expect(await cache.get(tenant, id)).toMatchObject({ version: 6, content: 'content of version 6' });
    });

    it('answers a tombstone as deleted, and refuses a late fill over it', async () => {
      await cache.put(tenant, [cachedMemory(id, 1)]);
      expect(await cache.remove(tenant, [{ id, version: 2 }])).toBe(true);
      expect(await cache.get(tenant, id)).toBe('deleted');
      await cache.put(tenant, [cachedMemory(id, 1)]);
      expect(await cache.get(tenant, id)).toBe('deleted');
    });

    it('lets a tombstone win over a state of the same version', async () => {
      await cache.put(tenant, [cachedMemory(id, 2)]);
      expect(await cache.remove(tenant, [{ id, version: 2 }])).toBe(true);
      expect(await cache.get(tenant, id)).toBe('deleted');
    });

    it('keeps what is newer than the tombstone', async () => {
      await cache.put(tenant, [cachedMemory(id, 3)]);
      expect(await cache.remove(tenant, [{ id, version: 2 }])).toBe(true);
      expect(await cache.get(tenant, id)).toMatchObject({ version: 3 });
    });

    it('takes a memory that was softly deleted for a tombstone', async () => {
      await cache.put(tenant, [cachedMemory(id, 2, { deletedAt: '2026-02-01T00:00:00.000Z' })]);
      expect(await cache.get(tenant, id)).toBe('deleted');
    });

    it('forgets an entry when its time is over, and takes any version then', async () => {
      await cache.put(tenant, [cachedMemory(id, 5)]);
      clock.advance(59);
      expect(await cache.get(tenant, id)).toMatchObject({ version: 5 });
      clock.advance(1);
      expect(await cache.get(tenant, id)).toBeUndefined();
      await cache.put(tenant, [cachedMemory(id, 4)]);
      expect(await cache.get(tenant, id)).toMatchObject({ version: 4 });
    });

    it('keeps a tombstone for longer than any function runs', async () => {
      await cache.remove(tenant, [{ id, version: 2 }]);
      clock.advance(899);
      await cache.put(tenant, [cachedMemory(id, 1)]);
      expect(await cache.get(tenant, id)).toBe('deleted');
      clock.advance(1);
      expect(await cache.get(tenant, id)).toBeUndefined();
    });

    it("does not outlive the memory's own end", async () => {
      await cache.put(tenant, [cachedMemory(id, 1, { expiresAt: '2026-03-01T12:00:10.000Z' })]);
      expect(await cache.get(tenant, id)).toMatchObject({ version: 1 });
      clock.advance(10);
      expect(await cache.get(tenant, id)).toBeUndefined();
    });

    it('takes many at once', async () => {
      const memories = Array.from({ length: 120 }, () => cachedMemory(newId(), 1));
      await cache.put(tenant, memories);
      const found = await Promise.all(memories.map((memory) => cache.get(tenant, memory.id)));
      expect(found).toEqual(memories);
      expect(
        await cache.remove(
          tenant,
          memories.map((memory) => ({ id: memory.id, version: 2 })),
        ),
      ).toBe(true);
      expect(await cache.get(tenant, memories[60]!.id)).toBe('deleted');
    });

    it('hands out copies: changing one changes nothing here', async () => {
      await cache.put(tenant, [cachedMemory(id, 1)]);
      const [first, second] = await Promise.all([cache.get(tenant, id), cache.get(tenant, id)]);
      (first as Memory).tags.push('changed');
      expect(second).toEqual(cachedMemory(id, 1));
      expect(await cache.get(tenant, id)).toEqual(cachedMemory(id, 1));
    });
  });
}
