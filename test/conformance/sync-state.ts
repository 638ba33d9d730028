import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import type { MemoryWrite } from '../../shared/memory/ports.ts';
import { applied, newTenant, stored, writeOf } from '../support/store-writes.ts';
import type { MakeStores, Stores } from '../support/stores.ts';

/** What every ledger of the dual write must do; it stands on the rows that the store of memories writes. */
export function describeSyncState(name: string, make: MakeStores): void {
  const digestOf = (
    id: string,
    version: number,
    hashes: Pick<MemoryWrite, 'contentHash' | 'edgesHash'>,
    deleted: boolean,
  ) => {
    const hash = createHash('sha256')
      .update(`${id}|${version}|${hashes.contentHash}|${hashes.edgesHash}|${deleted}`)
      .digest('hex');
    return {
      digestHigh: Number.parseInt(hash.slice(0, 8), 16),
      digestLow: Number.parseInt(hash.slice(8, 16), 16),
    };
  };

  describe(`SyncState: ${name}`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });
    const projectionOf = async (id: string) => (await stores.syncState.read(tenant, [id]))[0];
    const behind = async (seconds: number) =>
      (await stores.syncState.behind(seconds, 10_000)).filter(({ tenantId }) => tenantId === tenant);
    const to = (target: string) => ({ target, type: 'SUPPORTS' as const, weight: 0.5 });

    it('measures how far the graph is behind, over all tenants', async () => {
      const before = await stores.syncState.overview();
      const [one, other] = [writeOf({}), writeOf({})];
      await applied(stores.memories, tenant, [one]);
      await applied(stores.memories, newTenant(), [other]);
      const late = await stores.syncState.overview();
      expect(late.behind).toBe(before.behind + 2);
      expect(late.memories).toBeGreaterThanOrEqual(late.behind);
      expect(late.lagSeconds).toBeGreaterThanOrEqual(0);
      await stores.syncState.markProjected(tenant, [{ id: one.state.id, version: 1 }]);
      expect((await stores.syncState.overview()).behind).toBe(before.behind + 1);
    });

    it('answers all that the graph keeps of a memory, with the digest of its state', async () => {
      const entities = [
        { type: 'person' as const, value: 'José', normalized: 'jose', confidence: 0.9, source: 'caller' },
      ];
      const write = writeOf({ agentId: 'a', conversationId: 'c', domain: 'd', importance: 0.7, entities });
      await applied(stores.memories, tenant, [write]);
      const { id, occurredAt } = write.state;
      expect(await projectionOf(id)).toMatchObject({
        tenantId: tenant,
        id,
        version: 1,
        ...digestOf(id, 1, write, false),
        deleted: false,
        type: 'semantic',
        agentId: 'a',
        userId: null,
        conversationId: 'c',
        domain: 'd',
        importance: 0.7,
        occurredAt,
        entities: [{ type: 'person', value: 'José', normalized: 'jose', confidence: 0.9 }],
        outgoing: [],
        incoming: [],
      });
    });

    it('leaves out unknown ids', async () => {
      const { id } = await stored(stores.memories, tenant);
      expect((await stores.syncState.read(tenant, [newId(), id, newId()])).map((state) => state.id)).toEqual([
        id,
      ]);
      expect(await stores.syncState.read(tenant, [])).toEqual([]);
    });

    it('answers resolved edges in both directions, with the version of their source', async () => {
      const target = await stored(stores.memories, tenant, { externalId: 'target' });
      const source = await stored(stores.memories, tenant, { relationships: [to('target'), to('nobody')] });
      const relationships = [to('target'), to('nobody')];
      await stored(stores.memories, tenant, { id: source.id, relationships }, { kind: 'updated' });
      const edge = { sourceId: source.id, targetId: target.id, type: 'SUPPORTS', weight: 0.5 };
      expect((await projectionOf(source.id))!.outgoing).toEqual([edge]);
      expect((await projectionOf(target.id))!.incoming).toEqual([{ ...edge, sourceVersion: 2 }]);
    });

    it('answers a deleted memory without entities and edges, and its edges from nobody', async () => {
      const target = await stored(stores.memories, tenant, { externalId: 'target' });
      const deletedAt = '2026-02-01T00:00:00.000Z';
      const write = writeOf({ relationships: [to('target')], deletedAt });
      const [source] = await applied(stores.memories, tenant, [write]);
      expect(await projectionOf(source!.id)).toMatchObject({
        ...digestOf(source!.id, 1, write, true),
        deleted: true,
        entities: [],
        outgoing: [],
        incoming: [],
      });
      expect((await projectionOf(target.id))!.incoming).toEqual([]);
    });

    it('answers an erased memory as a tombstone that says nothing of it', async () => {
      const { id } = await stored(stores.memories, tenant, { agentId: 'secret', domain: 'secret' });
      await stores.memories.erase({ tenantId: tenant, items: [{ id }] });
      const tombstone = await projectionOf(id);
      expect(tombstone).toMatchObject({
        version: 2,
        deleted: true,
        ...digestOf(id, 2, { contentHash: '', edgesHash: '' }, true),
      });
      expect(JSON.stringify(tombstone)).not.toContain('secret');
    });

    it('raises the version that the graph has, and never lowers it', async () => {
      const { id } = await stored(stores.memories, tenant);
      await stored(stores.memories, tenant, { id }, { kind: 'updated' });
      await stores.elapse(tenant, 60);
      expect(await behind(30)).toEqual([{ tenantId: tenant, memoryId: id, version: 2 }]);
      await stores.syncState.markProjected(tenant, [{ id, version: 1 }]);
      expect(await behind(30)).toHaveLength(1);
      await stores.syncState.markProjected(tenant, [{ id, version: 2 }]);
      await stores.syncState.markProjected(tenant, [{ id, version: 1 }]);
      expect(await behind(30)).toEqual([]);
      expect(await stores.syncState.statistics(tenant)).toEqual({ memories: 1, projected: 1 });
      await stores.syncState.markProjected(tenant, [{ id: newId(), version: 5 }]);
      await stores.syncState.markProjected(tenant, []);
    });

    it('lists what is behind for long enough, tombstones too, oldest first and no more than asked', async () => {
      const first = await stored(stores.memories, tenant);
      await stores.elapse(tenant, 100);
      const second = await stored(stores.memories, tenant);
      await stores.memories.erase({ tenantId: tenant, items: [{ id: second.id }] });
      await stores.elapse(tenant, 10);
      await stored(stores.memories, tenant);
      expect(await behind(50)).toEqual([{ tenantId: tenant, memoryId: first.id, version: 1 }]);
      expect((await behind(5)).map(({ memoryId, version }) => [memoryId, version])).toEqual([
        [first.id, 1],
        [second.id, 2],
      ]);
      expect(await behind(1_000)).toEqual([]);
      expect((await stores.syncState.behind(5, 1)).length).toBe(1);
    });

    it('counts live memories and those that the graph has in their current version', async () => {
      expect(await stores.syncState.statistics(tenant)).toEqual({ memories: 0, projected: 0 });
      const one = await stored(stores.memories, tenant);
      const two = await stored(stores.memories, tenant);
      await stored(stores.memories, tenant, { deletedAt: '2026-02-01T00:00:00.000Z' });
      await stores.syncState.markProjected(tenant, [
        { id: one.id, version: 1 },
        { id: two.id, version: 1 },
      ]);
      await stored(stores.memories, tenant, { id: two.id }, { kind: 'updated' });
      expect(await stores.syncState.statistics(tenant)).toEqual({ memories: 2, projected: 1 });
      await stores.memories.erase({ tenantId: tenant, items: [{ id: one.id }] });
      expect(await stores.syncState.statistics(tenant)).toEqual({ memories: 1, projected: 0 });
      expect(await stores.syncState.ping()).toBe(true);
    });
  });
}
