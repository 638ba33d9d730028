import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../../support/http.ts';
import { expectProblem, expectStatus } from '../support/problem.ts';
import { hasTestTenant, type Target } from '../support/target.ts';

/** The requests of "AI Memory Layer", as its curl commands send them. */
export function aiMemoryLayer(target: () => Target): void {
  let api: Http;
  let stored: Json;

  const message = {
    tenant_id: 'test',
    conversation_id: 'conv-1',
    role: 'user',
    content: 'I love Python programming',
  };

  beforeAll(async () => {
    if (!hasTestTenant) return;
    api = await target().as('test');
    stored = await api.post('/v1/messages', message);
  });
  afterAll(async () => {
    if (hasTestTenant) await api.delete(`/api/memory/${stored.body.id}?hard=true`);
  });

  describe.skipIf(!hasTestTenant)('messages (the target needs a tenant named "test")', () => {
    it('POST /v1/messages stores it and returns its id, with an importance by its role', async () => {
      expect(expectStatus(stored, 201)).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        ...message,
        importance: 0.5,
        created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      const { memory } = expectStatus(await api.get(`/api/memory/${stored.body.id}`), 200);
      expect(memory).toMatchObject({
        type: 'episodic',
        conversationId: 'conv-1',
        role: 'user',
        importance: 5,
      });
    });

    it('takes an importance of 0 to 1', async () => {
      const answer = await api.post('/v1/messages', { ...message, content: 'Noted', importance: 0.25 });
      expect(expectStatus(answer, 201).importance).toBe(0.25);
      const { memory } = (await api.get(`/api/memory/${answer.body.id}`)).body;
      expect(memory.importance).toBe(2.5);
      await api.delete(`/api/memory/${answer.body.id}?hard=true`);
      expectProblem(await api.post('/v1/messages', { ...message, importance: 1.1 }), 'validation_failed');
    });

    it('GET /v1/memory/search answers the top messages with the parts of their scores: 60, 30 and 10 %', async () => {
      const others = [
        { ...message, role: 'assistant', content: 'Have you tried typed dictionaries in Python?' },
        { ...message, conversation_id: 'conv-2', content: 'My dog sleeps all day' },
        { ...message, conversation_id: 'conv-2', content: 'Remember to water the plants', importance: 0.9 },
      ];
      const ids: string[] = [];
      for (const other of others) ids.push(expectStatus(await api.post('/v1/messages', other), 201).id);

      const answer = await api.get('/v1/memory/search?tenant_id=test&query=Python&top_k=5');
      const { results } = expectStatus(answer, 200);
      expect(results.length).toBeGreaterThanOrEqual(2);
      expect(results.length).toBeLessThanOrEqual(5);
      for (const result of results) {
        const { score, similarity, importance, decay } = result;
        for (const part of [score, similarity, importance, decay]) {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(1);
        }
        expect(score).toBeCloseTo(0.6 * similarity + 0.3 * importance + 0.1 * decay, 6);
        expect(decay).toBeGreaterThan(0.99);
      }
      const found = results.find((result: Json) => result.id === stored.body.id);
      expect(found).toMatchObject({
        conversation_id: 'conv-1',
        role: 'user',
        content: message.content,
        importance: 0.5,
        created_at: stored.body.created_at,
      });
      const similarities = Object.fromEntries(
        results.map((result: Json) => [result.content, result.similarity]),
      );
      expect(found.similarity).toBeGreaterThan(similarities['My dog sleeps all day'] ?? 0);
      const scores = results.map((result: Json) => result.score);
      expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a));

      const one = await api.get('/v1/memory/search?tenant_id=test&query=Python&top_k=1');
      expect(expectStatus(one, 200).results).toEqual([
        {
          ...results[0],
          score: expect.any(Number),
          decay: expect.any(Number),
          similarity: expect.any(Number),
        },
      ]);
      for (const id of ids) await api.delete(`/api/memory/${id}?hard=true`);
    });

    it('refuses another tenant_id than that of the token', async () => {
      const other = await target().as('a');
      expectProblem(await other.post('/v1/messages', message), 'tenant_mismatch');
      const search = await other.get('/v1/memory/search?tenant_id=test&query=Python&top_k=5');
      expectProblem(search, 'tenant_mismatch');
      const unnamed = await other.get('/v1/memory/search?query=Python&top_k=5');
      expectStatus(unnamed, 200);
      expect(unnamed.text).not.toContain(message.content);
    });
  });

  describe('GET /v1/admin/health', () => {
    it('needs no token', async () => {
      expect(expectStatus(await target().anonymous.get('/v1/admin/health'), 200)).toEqual({
        status: 'healthy',
        stores: { postgres: 'up', graph: 'up' },
      });
    });
  });
}
