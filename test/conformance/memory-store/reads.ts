import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import { applied, newTenant, stored, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

export function describeReads(name: string, make: MakeStores): void {
  const past = '2020-01-01T00:00:00.000Z';
  const all = { scope: {}, sort: [], limit: 100, includeDeleted: false };

  describe(`MemoryStore: ${name}: reads`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });

    it('answers in the order asked, each once, without what is missing', async () => {
      const [a, b] = await applied(stores.memories, tenant, [writeOf(), writeOf()]);
      const found = await stores.memories.get(tenant, [b!.id, newId(), a!.id, b!.id]);
      expect(found.map(({ id }) => id)).toEqual([b!.id, a!.id]);
      expect(await stores.memories.get(tenant, [])).toEqual([]);
    });

    it('counts one access for each memory answered, unless told not to', async () => {
      const { id } = await stored(stores.memories, tenant);
      await stores.memories.get(tenant, [id, id]);
      await stores.memories.get(tenant, [id]);
      const [memory] = await stores.memories.get(tenant, [id], { uncounted: true });
      expect(memory).toMatchObject({ accessCount: 2, lastAccessedAt: expect.any(String), version: 1 });
      await stored(stores.memories, tenant, { id, content: 'changed' }, { kind: 'updated' });
      expect((await stores.memories.get(tenant, [id], { uncounted: true }))[0]).toMatchObject({
        accessCount: 2,
      });
    });

    it('answers no expired memory, on any way of reading', async () => {
      const { id } = await stored(stores.memories, tenant, { expiresAt: past, domain: 'd' });
      expect(await stores.memories.get(tenant, [id])).toEqual([]);
      expect(await stores.memories.query(tenant, { ...all, includeDeleted: true })).toEqual({ memories: [] });
      expect((await stores.memories.aggregate(tenant, {})).total.count).toBe(0);
    });

    it('answers a softly deleted memory as such, and only where asked', async () => {
      const { id } = await stored(stores.memories, tenant, { deletedAt: past });
      expect(await stores.memories.get(tenant, [id])).toMatchObject([
        { id, deletedAt: past, accessCount: 0 },
      ]);
      expect(await stores.memories.get(tenant, [id])).toMatchObject([{ accessCount: 0 }]);
      expect(await stores.memories.query(tenant, all)).toEqual({ memories: [] });
      expect(await stores.memories.query(tenant, { ...all, includeDeleted: true })).toMatchObject({
        memories: [{ id, deletedAt: past }],
      });
      expect((await stores.memories.aggregate(tenant, {})).total.count).toBe(0);
    });

    it('answers versions newest first, page by page', async () => {
      const { id } = await stored(stores.memories, tenant);
      for (let count = 0; count < 4; count += 1) {
        await stored(stores.memories, tenant, { id }, { kind: 'updated' });
      }
      const page = async (before?: number) =>
        (
          await stores.memories.versions(tenant, id, { limit: 2, ...(before !== undefined && { before }) })
        ).map(({ version }) => version);
      expect(await page()).toEqual([5, 4]);
      expect(await page(4)).toEqual([3, 2]);
      expect(await page(2)).toEqual([1]);
      expect(await page(1)).toEqual([]);
    });

    it('aggregates by every group', async () => {
      await applied(stores.memories, tenant, [
        writeOf({
          type: 'episodic',
          domain: 'a',
          agentId: 'x',
          tags: ['red', 'blue'],
          importance: 0.25,
          occurredAt: '2026-01-31T23:59:59.999Z',
        }),
        writeOf({
          type: 'episodic',
          domain: 'a',
          serviceId: 's',
          tags: ['red'],
          importance: 0.75,
          occurredAt: '2026-02-01T00:00:00.000Z',
        }),
        writeOf({ type: 'business', agentId: 'x', importance: 0.5, occurredAt: '2026-02-01T12:00:00.000Z' }),
      ]);
      const { total, ...counts } = await stores.memories.aggregate(tenant, {});
      expect(total).toEqual({ count: 3, averageImportance: 0.5, totalAccesses: 0 });
      expect(counts).toEqual({
        byType: { episodic: 2, business: 1 },
        byTier: { warm: 3 },
        byDomain: { a: 2 },
        byAgent: { x: 2 },
        byTag: { red: 2, blue: 1 },
        byDay: { '2026-01-31': 1, '2026-02-01': 2 },
      });
      const groups = async (
        groupBy: NonNullable<Parameters<typeof stores.memories.aggregate>[1]['groupBy']>,
      ) =>
        (await stores.memories.aggregate(tenant, { groupBy })).groups!.map(({ key, count }) => [key, count]);
      expect(await groups('type')).toEqual([
        ['episodic', 2],
        ['business', 1],
      ]);
      expect(await groups('tier')).toEqual([['warm', 3]]);
      expect(await groups('domain')).toEqual([
        ['a', 2],
        ['', 1],
      ]);
      expect(await groups('agentId')).toEqual([
        ['x', 2],
        ['', 1],
      ]);
      expect(await groups('serviceId')).toEqual([
        ['', 2],
        ['s', 1],
      ]);
      expect(await groups('tag')).toEqual([
        ['red', 2],
        ['blue', 1],
      ]);
      expect(await groups('day')).toEqual([
        ['2026-02-01', 2],
        ['2026-01-31', 1],
      ]);
      expect(await groups('month')).toEqual([
        ['2026-02', 2],
        ['2026-01', 1],
      ]);
    });

    it('narrows an aggregation by domain, agent, type and time, the end excluded', async () => {
      const [first] = await applied(stores.memories, tenant, [
        writeOf({
          domain: 'a',
          agentId: 'x',
          type: 'episodic',
          occurredAt: '2026-01-01T00:00:00.000Z',
          importance: 0.25,
        }),
        writeOf({ domain: 'b', agentId: 'y', type: 'business', occurredAt: '2026-02-01T00:00:00.000Z' }),
      ]);
      await stores.memories.get(tenant, [first!.id]);
      const count = async (query: Parameters<typeof stores.memories.aggregate>[1]) =>
        (await stores.memories.aggregate(tenant, query)).total.count;
      expect(await count({ domain: 'a' })).toBe(1);
      expect(await count({ agentId: 'y' })).toBe(1);
      expect(await count({ memoryType: 'working' })).toBe(0);
      expect(await count({ since: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z' })).toBe(1);
      expect(await stores.memories.aggregate(tenant, { domain: 'a', groupBy: 'domain' })).toMatchObject({
        total: { averageImportance: 0.25, totalAccesses: 1 },
        groups: [{ key: 'a', count: 1, averageImportance: 0.25, totalAccesses: 1 }],
      });
      expect(
        await stores.memories.aggregate(tenant, { domain: "a' or true --", groupBy: 'tag' }),
      ).toMatchObject({
        total: { count: 0, averageImportance: 0, totalAccesses: 0 },
        groups: [],
      });
    });
  });
}
