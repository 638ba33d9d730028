import { beforeAll, describe, expect, it } from 'vitest';
import type { Http } from '../../support/http.ts';
import { expectProblem, expectStatus } from '../support/problem.ts';
import { isRemote, type Target } from '../support/target.ts';
import { seedVector } from '../support/vectors.ts';

/** The requests of "Memory Persistence Layer", as they are written there: each method's arguments as one body. */
export function dualWritePersistenceLayer(target: () => Target): void {
  let api: Http;
  const meeting: { id: string } = { id: '' };

  beforeAll(async () => {
    api = await target().as('a');
  });

  describe('store', () => {
    it('stores the memory and finds its entities', async () => {
      const answer = await api.post('/api/memory', {
        userId: 'user-123',
        content: 'Meeting with John about Q4 roadmap',
        metadata: { source: 'email' },
        conversationId: 'conv-456',
        importance: 8,
        summary: 'Q4 planning meeting',
        extractEntities: true,
      });
      const { id, version, memory, metadata } = expectStatus(answer, 201);
      meeting.id = id;
      expect(version).toBe(1);
      expect(memory).toMatchObject({
        type: 'semantic',
        userId: 'user-123',
        content: 'Meeting with John about Q4 roadmap',
        metadata: { source: 'email' },
        conversationId: 'conv-456',
        importance: 8,
        summary: 'Q4 planning meeting',
      });
      expect(memory.entities).toContainEqual({
        type: 'person',
        value: 'John',
        normalized: 'john',
        confidence: expect.any(Number),
        source: 'rules',
      });
      expect(metadata).toMatchObject({ vectorWriteSuccess: true, graphWriteSuccess: true });
    });

    it('looks for no entities where it is told not to', async () => {
      const answer = await api.post('/api/memory', {
        userId: 'user-123',
        content: 'Lunch with Mary',
        extractEntities: false,
        importance: 3,
      });
      expect(expectStatus(answer, 201).memory).toMatchObject({ entities: [], importance: 3 });
      await api.delete(`/api/memory/${answer.body.id}`, { query: { hard: true } });
    });
  });

  describe('retrieve', () => {
    it('finds it for the user, above the threshold', async () => {
      const answer = await api.post('/api/memory/search', {
        userId: 'user-123',
        query: 'roadmap planning',
        limit: 10,
        threshold: 0.7,
      });
      const { results } = expectStatus(answer, 200);
      expect(results[0]).toMatchObject({ tier: 'warm', memory: { id: meeting.id, userId: 'user-123' } });
      for (const { score } of results) expect(score).toBeGreaterThanOrEqual(0.7);
    });

    it('finds nothing for another user', async () => {
      const answer = await api.post('/api/memory/search', { userId: 'user-999', query: 'roadmap planning' });
      expect(expectStatus(answer, 200).results).toEqual([]);
    });
  });

  describe('update', () => {
    it('changes content and importance and looks for entities again', async () => {
      const answer = await api.patch(`/api/memory/${meeting.id}`, {
        content: 'Updated content',
        importance: 9,
        extractEntities: true,
      });
      const { version, memory } = expectStatus(answer, 200);
      expect(version).toBe(2);
      expect(memory).toMatchObject({ content: 'Updated content', importance: 9, userId: 'user-123' });
      expect(memory.entities.map((entity: { value: string }) => entity.value)).not.toContain('John');
    });
  });

  describe('persistence store', () => {
    it('takes entities and a vector of 1,536 dimensions', async () => {
      const answer = await api.post('/api/memory', {
        userId: 'user-123',
        content: 'Important note',
        embedding: seedVector,
        entities: [
          { type: 'person', value: 'John Doe', normalized: 'john_doe', confidence: 0.95, source: 'body' },
        ],
      });
      const { id, memory, metadata } = expectStatus(answer, 201);
      expect(memory.entities).toContainEqual({
        type: 'person',
        value: 'John Doe',
        normalized: 'john_doe',
        confidence: 0.95,
        source: 'body',
      });
      expect([metadata.vectorWriteSuccess, metadata.graphWriteSuccess]).toEqual([true, true]);

      const again = await api.post('/api/memory', {
        content: 'John Doe called back',
        entities: [{ type: 'person', value: 'John Doe' }],
      });
      const { related } = expectStatus(await api.get(`/api/memory/${id}/related`), 200);
      const other = related.find((hit: { memory: { id: string } }) => hit.memory.id === again.body.id);
      expect(other.path.map((step: { type: string }) => step.type)).toEqual(['MENTIONS', 'MENTIONS']);
    });
  });

  describe('delete', () => {
    it('softly by default: the memory is gone and its history stays', async () => {
      expect(expectStatus(await api.delete(`/api/memory/${meeting.id}`), 200)).toMatchObject({
        id: meeting.id,
        version: 3,
        hard: false,
      });
      expectProblem(await api.get(`/api/memory/${meeting.id}`), 'gone');
      const { versions } = expectStatus(await api.get(`/api/memory/${meeting.id}/versions`), 200);
      expect(versions.map((entry: { operation: string }) => entry.operation)).toEqual([
        'deleted',
        'updated',
        'created',
      ]);
    });

    it('hard, with the graph', async () => {
      const answer = await api.delete(`/api/memory/${meeting.id}?hard=true&cascadeGraph=true`);
      const { hard, receipt } = expectStatus(answer, 200);
      expect(hard).toBe(true);
      expect(receipt.map((entry: { store: string }) => entry.store)).toEqual([
        'postgres',
        'graph',
        'cache',
        'archive',
        'queue',
      ]);
      expectProblem(await api.get(`/api/memory/${meeting.id}`), 'not_found');
    });
  });

  describe('GET /api/persistence/status', () => {
    it('answers the documented fields and no others', async () => {
      const status = expectStatus(await api.get('/api/persistence/status'), 200);
      const store = {
        available: true,
        healthy: true,
        lastCheck: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      };
      const counts = { vectorStoreCount: expect.any(Number), graphStoreCount: expect.any(Number) };
      expect(status).toEqual({
        status: 'healthy',
        stores: { vectorStore: store, graphStore: store },
        metrics: { totalMemories: expect.any(Number), ...counts, syncPercentage: 100 },
        sync: { ...counts, syncPercentage: 100 },
      });
      const { metrics, sync } = status;
      expect(metrics.totalMemories).toBe(metrics.vectorStoreCount);
      expect(metrics.graphStoreCount).toBe(metrics.vectorStoreCount);
      expect(metrics).toMatchObject(sync);
      if (!isRemote) expect(metrics.totalMemories).toBe(2);
    });
  });
}
