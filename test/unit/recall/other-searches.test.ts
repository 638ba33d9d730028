import { describe, expect, it } from 'vitest';
import { messageSearchQuery, similarityBody } from '../../../shared/contracts/memory/recall.ts';
import { refreshStatistics } from '../../../shared/memory/recall/refresh-statistics.ts';
import { searchMessages } from '../../../shared/memory/recall/search-messages.ts';
import { searchSimilar } from '../../../shared/memory/recall/search-similar.ts';
import { settableClock } from '../../support/settable-clock.ts';
import { recallFakes, tenantId } from './recall-fakes.ts';

describe('searchMessages', () => {
  it('scores 60 % similarity, 30 % importance and 10 % decay, each answered', async () => {
    const { deps, remember } = recallFakes();
    await remember('the cat slept', { conversationId: 'c', role: 'user', importance: 0.9 });
    await remember('the cat ate and slept and ran', {
      conversationId: 'c',
      role: 'assistant',
      importance: 0.1,
    });
    await remember('cat', { conversationId: 'other' });
    const { results } = await searchMessages(
      tenantId,
      messageSearchQuery.parse({ query: 'cat', conversation_id: 'c' }),
      deps,
    );
    expect(results.map((result) => result.role)).toEqual(['user', 'assistant']);
    for (const { score, similarity, importance, decay } of results) {
      expect(score).toBeCloseTo(0.6 * similarity + 0.3 * importance + 0.1 * decay, 10);
      expect(decay).toBeCloseTo(0.5 ** (1 / 30), 10);
    }
    expect(results[0]).toMatchObject({ content: 'the cat slept', conversation_id: 'c', importance: 0.9 });
  });

  it('answers five unless asked for another number', async () => {
    const { deps, remember } = recallFakes();
    for (let n = 0; n < 7; n += 1) await remember(`cat ${n}`);
    const ask = async (query: Record<string, string>) =>
      (await searchMessages(tenantId, messageSearchQuery.parse(query), deps)).results.length;
    expect(await ask({ query: 'cat' })).toBe(5);
    expect(await ask({ query: 'cat', top_k: '2' })).toBe(2);
  });
});

describe('searchSimilar', () => {
  it('answers by cosine in the space of callers, above the threshold alone', async () => {
    const { deps, remember } = recallFakes();
    const near = await remember('a', {}, [1, 0]);
    const middle = await remember('b', {}, [1, 1]);
    await remember('c', {}, [-1, 0]);
    await remember('a cat');
    const body = similarityBody.parse({ embedding: [2, 0], threshold: 0 });
    const { results, metadata } = await searchSimilar(tenantId, body, deps);
    expect(results.map((result) => [result.memory.id, result.score])).toEqual([
      [near, expect.closeTo(1, 6)],
      [middle, expect.closeTo(Math.SQRT1_2, 6)],
    ]);
    expect(metadata.candidates).toBe(3);
  });
});

describe('refreshStatistics', () => {
  it('counts tenants until the deadline is near', async () => {
    const clock = settableClock('2026-03-01T00:00:00.000Z');
    const counted: string[] = [];
    const recallStatistics = {
      stale: async () => ['a', 'b', 'c'],
      refresh: async (tenant: string) => {
        counted.push(tenant);
        clock.advance(8);
        return 10;
      },
    };
    const deadline = new Date('2026-03-01T00:00:20.000Z');
    expect(await refreshStatistics({ recallStatistics, clock }, deadline)).toEqual({
      stale: 3,
      refreshed: 2,
    });
    expect(counted).toEqual(['a', 'b']);
  });
});
