import { describe, expect, it } from 'vitest';
import { persistenceStatusAnswer } from '../../../shared/contracts/admin/operations.ts';
import { persistenceStatus } from '../../../shared/replication/persistence-status.ts';
import { projectMemories } from '../../../shared/replication/project-memories.ts';
import { state, tombstone } from '../../conformance/graph-states.ts';
import { graphDown, replication, storeDown } from './fakes.ts';

const lastCheck = '2026-01-01T00:00:00.000Z';

/** Ten or so memories of a tenant, the first of them projected. */
async function stored(memories: number, projected: number) {
  const ports = { ...replication(), clock: { now: () => new Date(lastCheck) } };
  const ids = Array.from({ length: memories }, (_, n) => `m${n}`);
  ports.syncState.put(
    ...ids.map((id) => state('t', id, 1)),
    tombstone('t', 'gone', 2),
    state('other', 'x', 1),
  );
  await projectMemories('t', ids.slice(0, projected), ports);
  return ports;
}

describe('persistenceStatus', () => {
  it('answers the documented shape', async () => {
    const answer = await persistenceStatus('t', await stored(1_000, 950));
    const up = { available: true, healthy: true, lastCheck };
    const sync = { vectorStoreCount: 1_000, graphStoreCount: 950, syncPercentage: 95 };
    expect(answer).toEqual({
      status: 'healthy',
      stores: { vectorStore: up, graphStore: up },
      metrics: { totalMemories: 1_000, ...sync },
      sync,
    });
    expect(persistenceStatusAnswer.parse(answer)).toEqual(answer);
  });

  it('is 100 % where there is nothing', async () => {
    const { sync, status } = await persistenceStatus('t', await stored(0, 0));
    expect([sync.syncPercentage, status]).toEqual([100, 'healthy']);
  });

  it('rounds down: 100 means all', async () => {
    const { sync } = await persistenceStatus('t', await stored(30_000, 29_999));
    expect(sync.syncPercentage).toBe(99.99);
  });

  it('is degraded when the graph lacks more than a tenth', async () => {
    expect((await persistenceStatus('t', await stored(10, 9))).status).toBe('healthy');
    expect((await persistenceStatus('t', await stored(10, 8))).status).toBe('degraded');
  });

  it('sees a graph that has old versions, and one that lost what the ledger says it has', async () => {
    const old = await stored(10, 10);
    old.syncState.put(state('t', 'm0', 2), state('t', 'm1', 2));
    expect((await persistenceStatus('t', old)).sync).toMatchObject({
      graphStoreCount: 10,
      syncPercentage: 80,
    });
    const lost = await stored(10, 10);
    lost.graph.count = async () => 3;
    expect((await persistenceStatus('t', lost)).sync).toMatchObject({
      graphStoreCount: 3,
      syncPercentage: 30,
    });
  });

  it('is degraded without the graph, and counts by the ledger', async () => {
    const ports = await stored(10, 9);
    ports.graph.ping = async () => false;
    ports.graph.count = () => Promise.reject(graphDown());
    const { status, stores, sync } = await persistenceStatus('t', ports);
    expect(status).toBe('degraded');
    expect(stores.graphStore).toEqual({ available: false, healthy: false, lastCheck });
    expect(sync).toEqual({ vectorStoreCount: 10, graphStoreCount: 9, syncPercentage: 90 });
  });

  it('is unhealthy without Postgres, and claims nothing', async () => {
    const ports = await stored(10, 9);
    ports.syncState.ping = async () => false;
    ports.syncState.statistics = () => Promise.reject(storeDown());
    const { status, stores, sync } = await persistenceStatus('t', ports);
    expect(status).toBe('unhealthy');
    expect(stores.vectorStore).toMatchObject({ available: false, healthy: false });
    expect(sync).toEqual({ vectorStoreCount: 0, graphStoreCount: 9, syncPercentage: 0 });
  });
});
