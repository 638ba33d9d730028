import { beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../../support/http.ts';
import { expectProblem, expectStatus } from '../support/problem.ts';
import { type Target, unique } from '../support/target.ts';

/** store(entry, tier, metadata), recall(query, filters), update(id, changes), forget(id) of "Memory System". */
export function memorySystem(target: () => Target): void {
  let api: Http;
  const agentId = unique('meta-model');
  let id: string;

  beforeAll(async () => {
    api = await target().as('a');
    const answer = await api.post('/memory/store', {
      entry: 'Model B beats model A on weekend demand',
      tier: 'long_term',
      metadata: { run: 7 },
      importance: 6,
      agentId,
    });
    id = expectStatus(answer, 201).id;
  });

  describe('POST /memory/store', () => {
    it.each([
      ['short_term', 'working'],
      ['working', 'working'],
      ['long_term', 'semantic'],
      ['episodic', 'episodic'],
      ['semantic', 'semantic'],
      ['procedural', 'procedural'],
    ])('the tier %s is the type %s', async (tier, type) => {
      const answer = await api.post('/memory/store', { entry: `An entry of ${tier}`, tier, metadata: {} });
      const { memory, metadata } = expectStatus(answer, 201);
      expect(memory).toMatchObject({ type, content: `An entry of ${tier}`, importance: 5 });
      expect('expiresAt' in memory).toBe(type === 'working');
      expect(metadata).toMatchObject({ vectorWriteSuccess: true, graphWriteSuccess: true });
      await api.delete('/memory/forget', { query: { id: answer.body.id, hard: true } });
    });

    it('refuses a tier of another system', async () => {
      expectProblem(await api.post('/memory/store', { entry: 'x', tier: 'hot' }), 'validation_failed');
    });
  });

  describe('GET /memory/recall', () => {
    it('finds the entry by a question, within tier and agent', async () => {
      const recall = await api.get('/memory/recall', {
        query: { query: 'which model is best at weekends', tier: 'long_term', agentId, limit: 5 },
      });
      const { results, metadata } = expectStatus(recall, 200);
      expect(results.map((result: Json) => result.memory.id)).toEqual([id]);
      expect(results[0].memory).toMatchObject({ importance: 6, metadata: { run: 7 } });
      expect(metadata.candidates).toBe(1);
      const elsewhere = await api.get('/memory/recall', {
        query: { query: 'which model is best at weekends', tier: 'episodic', agentId },
      });
      expect(expectStatus(elsewhere, 200).results).toEqual([]);
    });
  });

  describe('PATCH /memory/update', () => {
    it('changes what it is told and keeps the rest', async () => {
      const answer = await api.patch('/memory/update', { id, changes: { importance: 9, tags: ['demand'] } });
      expect(expectStatus(answer, 200)).toMatchObject({
        id,
        version: 2,
        memory: { importance: 9, tags: ['demand'], metadata: { run: 7 }, agentId },
      });
      expect(answer.headers.get('etag')).toBe('"2"');
    });

    it('tells of a conflicting update', async () => {
      const sent = { headers: { 'if-match': '"1"' } };
      const answer = await api.patch('/memory/update', { id, changes: { importance: 1 } }, sent);
      expect(expectProblem(answer, 'version_conflict').details).toEqual({ currentVersion: 2 });
    });
  });

  describe('DELETE /memory/forget', () => {
    it('forgets the entry, at the version that is named', async () => {
      const stale = { query: { id }, headers: { 'if-match': '"1"' } };
      expectProblem(await api.delete('/memory/forget', stale), 'version_conflict');
      const answer = await api.delete('/memory/forget', { query: { id } });
      expect(expectStatus(answer, 200)).toMatchObject({ id, version: 3, hard: false });
      expectProblem(await api.delete('/memory/forget', { query: { id } }), 'gone');
      const recall = await api.get('/memory/recall', { query: { query: 'weekend demand', agentId } });
      expect(expectStatus(recall, 200).results).toEqual([]);
    });

    it('needs an id', async () => {
      expectProblem(await api.delete('/memory/forget'), 'validation_failed');
    });
  });
}
