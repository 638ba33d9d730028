import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Http } from '../../support/http.ts';
import { expectProblem, expectStatus, expectUnauthenticated } from '../support/problem.ts';
import type { Target } from '../support/target.ts';
import { cosine, seedVector } from '../support/vectors.ts';
import { documentedMemory as request } from './documented-memory.ts';

/** The requests of "Memory Persistence Service", as they are written there. */
export function memoryPersistenceService(target: () => Target): void {
  let api: Http;
  let stored: Answer;
  const cleanUp: string[] = [];

  beforeAll(async () => {
    api = await target().as('a');
    stored = await api.post('/api/memory', request);
    cleanUp.push(stored.body.id);
  });

  afterAll(async () => {
    for (const id of cleanUp) await api.delete(`/api/memory/${id}`, { query: { hard: true } });
  });

  describe('POST /api/memory', () => {
    it('stores the documented memory as it was given', () => {
      const { id, version, memory, metadata } = expectStatus(stored, 201);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(version).toBe(1);
      expect(memory).toMatchObject({
        id,
        version: 1,
        type: 'semantic',
        tier: 'warm',
        serviceId: 'dspy-service',
        agentId: 'legal-analyzer',
        domain: 'legal_analysis',
        content: request.content,
        tags: ['contract', 'subscription', 'risk'],
        importance: 8,
        occurredAt: request.metadata.timestamp.toISOString(),
        accessCount: 0,
      });
      expect(memory.metadata).toEqual(JSON.parse(JSON.stringify(request.metadata)));
      expect(memory).not.toHaveProperty('embedding');
      expect(metadata).toEqual({
        vectorWriteSuccess: true,
        graphWriteSuccess: true,
        durationMs: expect.any(Number),
      });
      expect(stored.headers.get('etag')).toBe('"1"');
    });

    it('keeps references to memories that are not there, and says so', () => {
      const edges = ['mem_123', 'mem_456'].map((name) => ({ target: name, type: 'RELATED_TO', weight: 1 }));
      expect(stored.body.memory.relationships).toEqual(edges);
      expect(stored.body.warnings).toEqual(
        ['mem_123', 'mem_456'].map((reference) => ({
          code: 'unresolved_reference',
          detail: expect.any(String),
          memoryId: stored.body.id,
          reference,
        })),
      );
    });

    it('is reached only with the documented header', async () => {
      expectUnauthenticated(await target().anonymous.post('/api/memory', request));
    });
  });

  describe('GET /api/memory/:id', () => {
    it('answers what was stored', async () => {
      const { memory } = expectStatus(await api.get(`/api/memory/${stored.body.id}`), 200);
      expect(memory).toMatchObject({ id: stored.body.id, content: request.content, importance: 8 });
    });

    it('answers the vector when it is asked for', async () => {
      const { memory } = expectStatus(await api.get(`/api/memory/${stored.body.id}?include=embedding`), 200);
      expect(memory.embedding).toHaveLength(1_536);
      expect(cosine(memory.embedding, seedVector)).toBeCloseTo(1, 5);
    });
  });

  describe('POST /api/memory/query', () => {
    it('finds it by service, agent, domain, type and the keys of its content', async () => {
      const filter = {
        op: 'and',
        filters: [
          { op: 'eq', field: 'serviceId', value: 'dspy-service' },
          { op: 'eq', field: 'id', value: stored.body.id },
          { op: 'gte', field: 'importance', value: 8 },
          { op: 'contains', field: 'tags', value: 'subscription' },
          { op: 'contains', field: 'content', value: 'automatic_renewal' },
        ],
      };
      const answer = await api.post('/api/memory/query', {
        agentId: 'legal-analyzer',
        domain: 'legal_analysis',
        memoryTypes: ['semantic'],
        filter,
      });
      const { memories, nextCursor } = expectStatus(answer, 200);
      expect(memories.map((memory: { id: string }) => memory.id)).toEqual([stored.body.id]);
      expect(nextCursor).toBeUndefined();
    });
  });

  describe('POST /api/memory/search/similarity', () => {
    it('finds it by its own vector with cosine 1', async () => {
      const answer = await api.post('/api/memory/search/similarity', { embedding: seedVector, limit: 50 });
      const { results } = expectStatus(answer, 200);
      const found = results.find((result: { memory: { id: string } }) => result.memory.id === stored.body.id);
      expect(found).toMatchObject({ tier: 'warm', memory: { content: request.content } });
      expect(found.score).toBeCloseTo(1, 3);
    });
  });

  describe('GET /api/memory/aggregations', () => {
    it('counts it in its type, domain, agent and tags', async () => {
      const answer = await api.get('/api/memory/aggregations', {
        query: { domain: 'legal_analysis', groupBy: 'tag' },
      });
      const { total, byType, byTier, byDomain, byAgent, byTag, byDay, groups } = expectStatus(answer, 200);
      const { count } = total;
      expect(count).toBeGreaterThanOrEqual(1);
      expect(total).toMatchObject({ averageImportance: 8 });
      expect({ byType, byTier, byDomain, byAgent }).toEqual({
        byType: { semantic: count },
        byTier: { warm: count },
        byDomain: { legal_analysis: count },
        byAgent: { 'legal-analyzer': count },
      });
      expect(byTag).toEqual({ contract: count, subscription: count, risk: count });
      expect(byDay[request.metadata.timestamp.toISOString().slice(0, 10)]).toBeGreaterThanOrEqual(1);
      expect(groups.map((group: { key: string }) => group.key)).toEqual(['contract', 'risk', 'subscription']);
    });
  });

  describe('POST /api/memory/relationships and GET /api/memory/:id/related', () => {
    it('makes an edge of mem_123 when it arrives, and another one on request', async () => {
      for (const externalId of ['mem_123', 'mem_456']) {
        const arrived = await api.post('/api/memory', { externalId, content: `Clause of ${externalId}` });
        cleanUp.push(expectStatus(arrived, 201).id);
      }
      const relate = await api.post('/api/memory/relationships', {
        source: 'mem_456',
        target: 'mem_123',
        type: 'SUPPORTS',
        weight: 0.5,
      });
      expect(expectStatus(relate, 201)).toMatchObject({
        id: cleanUp[2],
        version: 2,
        relationship: {
          source: cleanUp[2],
          target: 'mem_123',
          targetId: cleanUp[1],
          type: 'SUPPORTS',
          weight: 0.5,
        },
        warnings: [],
      });

      const { related } = expectStatus(
        await api.get(`/api/memory/${stored.body.id}/related`, { query: { depth: 1, types: 'RELATED_TO' } }),
        200,
      );
      const byName = Object.fromEntries(
        related.map((hit: { memory: { externalId: string } }) => [hit.memory.externalId, hit]),
      );
      expect(byName).toMatchObject({
        mem_123: {
          depth: 1,
          weight: 1,
          path: [{ type: 'RELATED_TO', from: stored.body.id, to: cleanUp[1] }],
        },
        mem_456: {
          depth: 1,
          weight: 1,
          path: [{ type: 'RELATED_TO', from: stored.body.id, to: cleanUp[2] }],
        },
      });
    });

    it('refuses a memory of a made-up name', async () => {
      const relate = await api.post('/api/memory/relationships', { source: 'mem_999', target: 'mem_123' });
      expectProblem(relate, 'not_found');
    });
  });
}
