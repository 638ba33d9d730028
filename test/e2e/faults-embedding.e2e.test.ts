import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { type Fault, type ModelServer, startModelServer } from '../support/model-server.ts';
import { callerOf } from './support/faults.ts';
import { expectStatus } from './support/problem.ts';
import { describeLocal, isRemote, openTarget, type Target } from './support/target.ts';

let model: ModelServer;
let target: Target;
let api: Http;

beforeAll(async () => {
  if (isRemote) return;
  model = await startModelServer(8);
  target = await openTarget({
    env: {
      EMBEDDER: 'openai',
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'none',
      OPENAI_EMBEDDING_DIMENSION: '8',
      MODEL_ATTEMPT_TIMEOUT_MS: '500',
    },
  });
  api = await callerOf(target.service);
});
afterAll(async () => {
  await target?.close();
  await model?.close();
});

/** One call is an attempt and two more. */
const away = (calls: number) =>
  Array.from({ length: calls * 3 }, (_, n): Fault => (n % 2 === 0 ? { status: 503 } : 'reset'));
const search = async (query: string): Promise<Json> =>
  expectStatus(await api.post('/api/memory/search', { query }), 200);

describeLocal('an embedding provider that is away (stands in for the provider)', () => {
  const late = 'The harvest festival begins at noon';
  let id: string;

  it('is used while it is there', async () => {
    const { warnings } = expectStatus(await api.post('/api/memory', { content: 'Rain is expected' }), 201);
    expect(warnings).toEqual([]);
    const { results } = await search('Rain is expected');
    expect(results[0].arms.vector).toBeCloseTo(1, 2);
  });

  it('stops no write: the memory is stored with a warning and found by its words', async () => {
    model.failNext(...away(1));
    const stored = expectStatus(await api.post('/api/memory', { content: late }), 201);
    expect(stored.warnings).toMatchObject([{ code: 'embedding_pending' }]);
    expect(stored.metadata).toMatchObject({ vectorWriteSuccess: true, graphWriteSuccess: true });
    id = stored.id;
    const { results } = await search('festival');
    const found = results.find((hit: Json) => hit.memory.id === id);
    expect(found.arms).toMatchObject({ lexical: 1, vector: 0 });
  });

  it('stops no search: words find what meaning cannot', async () => {
    model.failNext(...away(1));
    const { results, warnings } = await search('harvest');
    expect(results[0].memory.id).toBe(id);
    expect(warnings).toMatchObject([{ code: 'embedding_unavailable' }]);
  });

  it('comes back: what was pending gets its vector and is found by it', async () => {
    model.failNext(...away(1));
    await expect(target.service.runSchedule('fill-embeddings')).rejects.toThrow();
    expect(await target.service.runSchedule('fill-embeddings')).toEqual({ pending: 1, filled: 1 });
    expect(await target.service.runSchedule('fill-embeddings')).toEqual({ pending: 0, filled: 0 });
    // the circuit of the searches may still be open
    await vi.waitFor(
      async () => {
        const { results, warnings } = await search(late);
        expect(warnings).toEqual([]);
        expect(results[0].memory.id).toBe(id);
        expect(results[0].arms.vector).toBeCloseTo(1, 2);
      },
      { timeout: 15_000, interval: 200 },
    );
  });
});
