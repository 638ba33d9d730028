import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Http } from '../support/http.ts';
import type { Service } from '../support/service.ts';
import { callerOf, expectConverged, impatient } from './support/faults.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { describeLocal, isRemote, openTarget, type Target } from './support/target.ts';

let target: Target;
let service: Service;
let api: Http;
const acknowledged: string[] = [];

async function store(content: string): Promise<string> {
  const { id } = expectStatus(await api.post('/api/memory', { content }), 201);
  acknowledged.push(id);
  return id;
}

beforeAll(async () => {
  if (isRemote) return;
  target = await openTarget({ env: impatient });
  service = target.service;
  api = await callerOf(service);
});
afterAll(() => target?.close());

describeLocal('a part that is away (stops parts of the service)', () => {
  describe('Postgres', () => {
    it('is asked in vain for a while: 503 with Retry-After, and nothing half done', async () => {
      const cached = await store('Cached before Postgres went');
      await service.stopPart('postgres');
      const answers = await Promise.all([
        api.post('/api/memory', { content: 'Not acknowledged' }),
        api.post('/api/memory', { content: 'Not acknowledged' }, { headers: { 'idempotency-key': 'pg-1' } }),
        api.post('/api/memory/search', { query: 'anything' }),
        api.post('/api/memory/query', {}),
        api.delete(`/api/memory/${cached}`),
      ]);
      for (const answer of answers) {
        expectProblem(answer, 'store_unavailable');
        expect(answer.headers.get('retry-after')).toBe('1');
      }
      expect((await api.get('/v1/admin/health')).body).toMatchObject({
        status: 'unhealthy',
        stores: { postgres: 'down' },
      });
      expect(expectStatus(await api.get(`/api/memory/${cached}`), 200).memory.tier).toBe('hot');
      const status = await api.get('/api/persistence/status');
      expect(expectStatus(status, 200)).toMatchObject({
        status: 'unhealthy',
        stores: { vectorStore: { available: false, healthy: false } },
      });
    });

    it('is back: everything acknowledged is there and nothing else', async () => {
      await service.startPart('postgres');
      await vi.waitFor(async () => expectStatus(await api.get('/v1/admin/health'), 200), { timeout: 10_000 });
      const { memories } = expectStatus(await api.post('/api/memory/query', {}), 200);
      const found = memories.map((memory: { id: string }) => memory.id);
      expect(found.toSorted()).toEqual(acknowledged.toSorted());
      const again = await api.post(
        '/api/memory',
        { content: 'Not acknowledged' },
        { headers: { 'idempotency-key': 'pg-1' } },
      );
      acknowledged.push(expectStatus(again, 201).id);
      await expectConverged(api, acknowledged.length);
    });
  });

  describe('the cache', () => {
    it('costs nothing but speed, and answers no older state when it is back', async () => {
      const id = await store('Cached before');
      expect((await api.get(`/api/memory/${id}`)).body.memory.tier).toBe('hot');
      await service.stopPart('cache');
      expect((await api.get(`/api/memory/${id}`)).body.memory.tier).toBe('warm');
      await api.patch(`/api/memory/${id}`, { content: 'Changed meanwhile' });
      const erased = await store('Erased meanwhile');
      const { receipt } = expectStatus(await api.delete(`/api/memory/${erased}?hard=true`), 200);
      acknowledged.pop();
      expect(receipt[2]).toMatchObject({ store: 'cache', outcome: expect.stringMatching(/unreachable/) });
      await service.startPart('cache');
      expect((await api.get(`/api/memory/${id}`)).body.memory.content).toBe('Changed meanwhile');
      expectProblem(await api.get(`/api/memory/${erased}`), 'not_found');
    });
  });

  describe('the queue', () => {
    it('is not needed while the graph answers', async () => {
      await service.stopPart('queues');
      const stored = await api.post('/api/memory', { content: 'No queue' });
      expect(expectStatus(stored, 201).metadata.graphWriteSuccess).toBe(true);
      acknowledged.push(stored.body.id);
      await service.startPart('queues');
    });
  });
});
