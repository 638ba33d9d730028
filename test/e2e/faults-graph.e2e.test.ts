import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import type { Service } from '../support/service.ts';
import { age, callerOf, dataFolder, expectConverged, holdGraph, startImpatient } from './support/faults.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { describeLocal } from './support/target.ts';

let folder: Awaited<ReturnType<typeof dataFolder>>;
let service: Service;
let api: Http;
let release: () => void;

async function startWithoutGraph() {
  release = holdGraph(folder.path);
  service = await startImpatient(folder.path);
  api = await callerOf(service);
}
const count = async () => (await api.get('/api/memory/aggregations')).body.total.count as number;

beforeAll(async () => {
  folder = await dataFolder();
});
afterAll(async () => {
  release?.();
  await service?.stop();
  await folder.remove();
});

describeLocal('a graph that is away (holds the file of the embedded one)', () => {
  let first: string;
  let second: string;

  it('for a moment: the write is acknowledged, and the queue brings it to the graph', async () => {
    await startWithoutGraph();
    const item = {
      externalId: 'first',
      content: 'Melanie moved to Berlin',
      relationships: [{ target: 'second' }],
    };
    const { id, metadata } = expectStatus(await api.post('/api/memory', item), 201);
    expect(metadata).toMatchObject({ vectorWriteSuccess: true, graphWriteSuccess: false });
    first = id;
    release();
    await expectConverged(api, 1);
  });

  it('for long: memories are stored and found, with a warning', async () => {
    await service.stop();
    await startWithoutGraph();
    const item = { externalId: 'second', content: 'Melanie likes the lakes around Berlin' };
    const { id, metadata } = expectStatus(await api.post('/api/memory', item), 201);
    expect(metadata.graphWriteSuccess).toBe(false);
    second = id;
    const search = await api.post('/api/memory/search', { query: 'Melanie lakes' });
    const { results, warnings } = expectStatus(search, 200);
    expect(results.map((hit: Json) => hit.memory.id)).toEqual([second, first]);
    expect(warnings).toMatchObject([{ code: 'graph_unavailable' }]);
    expectStatus(await api.get(`/api/memory/${second}`), 200);
  });

  it('related says so, and so do health and status', async () => {
    const related = await api.get(`/api/memory/${first}/related`);
    expectProblem(related, 'graph_unavailable');
    expect(related.headers.get('retry-after')).toBe('1');
    expect(expectStatus(await api.get('/v1/admin/health'), 200)).toEqual({
      status: 'degraded',
      stores: { postgres: 'up', graph: 'down' },
    });
    expect(expectStatus(await api.get('/api/persistence/status'), 200)).toMatchObject({
      status: 'degraded',
      stores: {
        vectorStore: { available: true, healthy: true },
        graphStore: { available: false, healthy: false },
      },
      // the first one has a new edge since the second is there, but no new version
      metrics: { totalMemories: 2, graphStoreCount: 1, syncPercentage: 50 },
    });
  });

  it('a strict write is undone, and its key is free again', async () => {
    const strict = { externalId: 'strict', content: 'Both or none', consistency: 'strict' };
    const key = { headers: { 'idempotency-key': 'strict-1' } };
    for (const _ of [1, 2]) {
      const refused = await api.post('/api/memory', strict, key);
      expectProblem(refused, 'graph_unavailable');
      expect(refused.headers.get('retry-after')).toBe('1');
    }
    expect(await count()).toBe(2);
    const { results } = (await api.post('/api/memory/search', { query: 'both or none' })).body;
    expect(results.map((hit: Json) => hit.memory.content)).not.toContain('Both or none');

    const update = { content: 'Melanie moved to Oslo', consistency: 'strict' };
    expectProblem(await api.patch(`/api/memory/${first}`, update), 'graph_unavailable');
    const { memory } = (await api.get(`/api/memory/${first}`)).body;
    expect(memory).toMatchObject({ content: 'Melanie moved to Berlin', version: 3 });
    const { versions } = (await api.get(`/api/memory/${first}/versions`)).body;
    expect(versions.map((entry: Json) => entry.memory.content)).toEqual([
      'Melanie moved to Berlin',
      'Melanie moved to Oslo',
      'Melanie moved to Berlin',
    ]);
    expect(versions[0].reason).toMatch(/undone/);
  });

  it('deletes are acknowledged and follow later', async () => {
    const { id } = (await api.post('/api/memory', { content: 'Short-lived' })).body;
    const { receipt, metadata } = expectStatus(await api.delete(`/api/memory/${id}?hard=true`), 200);
    expect(metadata.graphWriteSuccess).toBe(false);
    expect(receipt).toContainEqual({ store: 'graph', outcome: 'queued', count: 0 });
    expectProblem(await api.get(`/api/memory/${id}`), 'not_found');
  });

  it('together with the queue: writes are acknowledged all the same', async () => {
    await service.stopPart('queues');
    const { metadata } = expectStatus(
      await api.post('/api/memory', { content: 'Neither graph nor queue' }),
      201,
    );
    expect(metadata.graphWriteSuccess).toBe(false);
    // the queue comes back empty: every message that waited in it is lost
    await service.startPart('queues');
  });

  it('and comes back: the sweeper finds all that it missed', async () => {
    release();
    await age(service);
    await expectConverged(api, 3, () => service.runSchedule('sweep-sync'));
    expect(await service.runSchedule('sweep-sync')).toEqual({
      behind: 0,
      sent: 0,
      lagSeconds: 0,
      syncPercentage: 100,
    });
  });

  it('is asked again by reads, searches and strict writes', async () => {
    const strict = { externalId: 'strict', content: 'Both or none', consistency: 'strict' };
    const key = { headers: { 'idempotency-key': 'strict-1' } };
    // a circuit that has opened lets the first call through after ten seconds
    const stored = await vi.waitFor(
      async () => expectStatus(await api.post('/api/memory', strict, key), 201),
      { timeout: 20_000, interval: 250 },
    );
    expect(stored.metadata.graphWriteSuccess).toBe(true);
    const { related } = expectStatus(await api.get(`/api/memory/${first}/related?types=RELATED_TO`), 200);
    expect(related).toMatchObject([{ memory: { id: second }, depth: 1 }]);
    const { warnings } = (await api.post('/api/memory/search', { query: 'Melanie lakes' })).body;
    expect(warnings).toEqual([]);
  });
});
