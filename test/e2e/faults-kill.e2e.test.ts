import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import type { Service } from '../support/service.ts';
import { age, callerOf, dataFolder, expectConverged, startImpatient } from './support/faults.ts';
import { expectStatus } from './support/problem.ts';
import { describeLocal } from './support/target.ts';

interface Acknowledged {
  id: string;
  version: number;
  content: string;
  graphWriteSuccess: boolean;
}

let folder: Awaited<ReturnType<typeof dataFolder>>;
let service: Service;
let api: Http;
/** The last acknowledged version of each memory, by its name; a name is added when its first write is sent. */
const sent = new Map<string, Acknowledged | undefined>();
let acknowledgements = 0;
const wanted = 40;
const writers = 4;

beforeAll(async () => {
  folder = await dataFolder();
});
afterAll(async () => {
  await service?.stop();
  await folder.remove();
});

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
const itemOf = (name: string) => ({
  externalId: name,
  content: `${name} as it was`,
  relationships: [{ target: 'hub' }],
});

/** Stores and changes memories until the connection breaks, and keeps account of every answer. */
async function write(writer: number): Promise<void> {
  const acknowledge = (name: string, { body }: { body: Json }) => {
    const { id, version, memory, metadata } = body;
    sent.set(name, { id, version, content: memory.content, graphWriteSuccess: metadata.graphWriteSuccess });
    acknowledgements += 1;
  };
  for (let n = 0; ; n += 1) {
    const name = `memory-${writer}-${n}`;
    sent.set(name, undefined);
    const stored = await api.post('/api/memory', itemOf(name), keyed(name)).catch(() => undefined);
    if (stored === undefined) return;
    expectStatus(stored, 201);
    acknowledge(name, stored);
    if (n % 3 !== 0) continue;
    const patch = { content: `${name} as it became` };
    const changed = await api.patch(`/api/memory/${stored.body.id}`, patch).catch(() => undefined);
    if (changed === undefined) return;
    expectStatus(changed, 200);
    acknowledge(name, changed);
  }
}

describeLocal('SIGKILL in the middle of writes (kills the service)', () => {
  it('happens after some were acknowledged, with others under way', async () => {
    service = await startImpatient(folder.path);
    api = await callerOf(service);
    expectStatus(await api.post('/api/memory', { externalId: 'hub', content: 'The hub' }), 201);
    const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    while (acknowledgements < wanted) await new Promise((resolve) => setImmediate(resolve));
    await service.kill();
    await writing;
    expect([...sent.values()].filter((state) => state === undefined).length).toBeLessThanOrEqual(writers);
  });

  it('loses no acknowledged write, and no version of one', async () => {
    service = await startImpatient(folder.path);
    api = await callerOf(service);
    for (const [name, state] of sent) {
      if (state === undefined) continue;
      const { memory } = expectStatus(await api.get(`/api/memory/${state.id}`), 200);
      const { versions } = expectStatus(await api.get(`/api/memory/${state.id}/versions`), 200);
      expect(versions.map((entry: Json) => entry.version)).toEqual(
        Array.from({ length: memory.version }, (_, n) => memory.version - n),
      );
      const then = versions.find((entry: Json) => entry.version === state.version);
      expect(then.memory).toMatchObject({ externalId: name, content: state.content });
      // a change that was under way may have been committed without its answer
      expect(memory.version - state.version).toBeLessThanOrEqual(1);
    }
  });

  it('has each write that was under way once or not at all: its key finds out which', async () => {
    for (const [name, state] of sent) {
      const again = expectStatus(await api.post('/api/memory', itemOf(name), keyed(name)), 201);
      if (state) expect(again.id).toBe(state.id);
    }
    const { total } = (await api.get('/api/memory/aggregations')).body;
    expect(total.count).toBe(sent.size + 1);
  });

  it('leaves nothing behind that the sweeper does not bring to the graph', async () => {
    await age(service);
    await expectConverged(api, sent.size + 1, () => service.runSchedule('sweep-sync'));
    const [hub] = (
      await api.post('/api/memory/query', { filter: { op: 'eq', field: 'externalId', value: 'hub' } })
    ).body.memories;
    const answer = await api.get(`/api/memory/${hub.id}/related?depth=1&types=RELATED_TO&limit=200`);
    const { related } = expectStatus(answer, 200);
    const names = related.map((hit: Json) => hit.memory.externalId);
    expect(names.toSorted()).toEqual([...sent.keys()].toSorted());
  });
});
