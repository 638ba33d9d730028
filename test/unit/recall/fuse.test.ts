import { describe, expect, it } from 'vitest';
import { fuse, recencyOf } from '../../../shared/memory/recall/fuse.ts';
import type { Candidate } from '../../../shared/memory/recall/ports.ts';
import { fusionWeights, weightsFor } from '../../../shared/memory/recall/weights.ts';

const now = new Date('2026-03-01T00:00:00.000Z');
const candidate = (id: string, fields: Partial<Candidate> = {}): Candidate => ({
  id,
  own: 0,
  previous: 0,
  episode: 0,
  graph: 0,
  words: 0,
  importance: 0.5,
  occurredAt: '2026-03-01T00:00:00.000Z',
  ...fields,
});
const relevanceAlone = { similarity: 1, importance: 0, recency: 0 };
const ranked = (candidates: Candidate[], options: Partial<Parameters<typeof fuse>[1]> = {}) =>
  fuse(candidates, { weights: fusionWeights.wordTable, blend: relevanceAlone, now, ...options });
const ids = (hits: ReturnType<typeof fuse>) => hits.map((hit) => hit.candidate.id);

describe('fuse', () => {
  it('adds up the weighted shares of the best and divides by what could be reached', () => {
    const [best, second] = ranked([
      candidate('a', { own: 4, previous: 1, episode: 2, cosine: 0.4, words: 9 }),
      candidate('b', { own: 2, previous: 2, episode: 5, cosine: 0.8, words: 4 }),
    ]);
    // 1 own + 0.4 previous + 0.6 episode + 1.5 vector + 0.2 ln(10); no author named, no graph
    const most = 1 + 0.4 + 0.6 + 1.5 + 0.2 * Math.log(10);
    const ofA = 1 + (0.4 * 1) / 4 + (0.6 * 2) / 5 + (1.5 * 0.4) / 0.8 + 0.2 * Math.log(10);
    const ofB = 2 / 4 + (0.4 * 2) / 4 + 0.6 + 1.5 + 0.2 * Math.log(5);
    expect(best?.candidate.id).toBe('b');
    expect(best?.score).toBeCloseTo(ofB / most, 10);
    expect(second?.score).toBeCloseTo(ofA / most, 10);
    expect(second?.components.vector).toEqual({
      value: 0.4,
      normalized: 0.5,
      weight: 1.5,
      contribution: expect.closeTo(0.75, 10),
    });
    expect(second?.components.previous.normalized).toBe(0.25);
  });

  it('lets a hit of one arm alone win', () => {
    expect(ids(ranked([candidate('words', { own: 9 }), candidate('vector', { cosine: 0.9 })]))[0]).toBe(
      'vector',
    );
    expect(ids(ranked([candidate('far', { cosine: 0.1 }), candidate('graph', { graph: 1 })]))[1]).toBe(
      'graph',
    );
    expect(ids(ranked([candidate('none'), candidate('graph', { graph: 1 })]))).toEqual(['graph']);
  });

  it('believes the nearest vector no further than its cosine where nothing else speaks', () => {
    const alone = [candidate('near', { cosine: 0.2 }), candidate('far', { cosine: 0.1 })];
    expect(ranked(alone).map((hit) => hit.score)).toEqual([expect.closeTo(0.2, 10), expect.closeTo(0.1, 10)]);
    const [beside] = ranked([...alone, candidate('words', { own: 0.1, cosine: 0.2 })]);
    expect(beside).toMatchObject({ candidate: { id: 'words' }, score: expect.closeTo(1, 10) });
    expect(ranked([candidate('against', { cosine: -0.5 })])[0]?.score).toBe(0);
  });

  it('prefers the one author whom the query names, whatever the case', () => {
    const candidates = [
      candidate('ben', { own: 2, author: 'Ben' }),
      candidate('anna', { own: 1, author: 'Anna' }),
    ];
    expect(ids(ranked(candidates))).toEqual(['ben', 'anna']);
    expect(ids(ranked(candidates, { author: 'anna' }))).toEqual(['anna', 'ben']);
  });

  it('keeps what only the author speaks for, and leaves out what nothing speaks for', () => {
    const candidates = [
      candidate('anna', { author: 'Anna' }),
      candidate('ben', { author: 'Ben', words: 50 }),
    ];
    expect(ids(ranked(candidates, { author: 'anna' }))).toEqual(['anna']);
    expect(ranked(candidates)).toEqual([]);
    expect(ranked([])).toEqual([]);
  });

  it('divides by 1 where the largest is 0, and orders below 0 too', () => {
    const hits = ranked([candidate('far', { cosine: -0.8 }), candidate('near', { cosine: -0.1 })]);
    expect(ids(hits)).toEqual(['near', 'far']);
    expect(hits.map((hit) => hit.score)).toEqual([0, 0]);
    expect(hits[0]?.components.vector.normalized).toBe(-0.1);
  });

  it('puts the older first among equals, then the smaller id', () => {
    const same = { own: 1 };
    const hits = ranked([
      candidate('b', { ...same }),
      candidate('a', { ...same }),
      candidate('c', { ...same, occurredAt: '2026-02-01T00:00:00.000Z' }),
    ]);
    expect(ids(hits)).toEqual(['c', 'a', 'b']);
  });

  it('blends relevance, importance and recency by the ratio of their weights', () => {
    const [hit] = ranked(
      [candidate('a', { own: 1, importance: 0.2, occurredAt: '2026-01-30T00:00:00.000Z' })],
      {
        blend: { similarity: 6, importance: 3, recency: 1 },
      },
    );
    expect(hit?.relevance).toBe(1);
    expect(hit?.recency).toBeCloseTo(0.5, 10);
    expect(hit?.score).toBeCloseTo(0.6 * 1 + 0.3 * 0.2 + 0.1 * 0.5, 10);
    expect(hit?.components.importance.contribution).toBeCloseTo(0.06, 10);
  });

  it('never scores outside of 0 to 1, nor as not a number', () => {
    const hits = ranked(
      [
        candidate('a', {
          own: 1,
          previous: 5,
          episode: 1,
          cosine: 1,
          graph: 1,
          words: 10_000,
          importance: 1,
        }),
        candidate('b', { cosine: -1 }),
      ],
      { author: 'x', blend: { similarity: 0, importance: 0, recency: 1 } },
    );
    for (const hit of hits) {
      expect(hit.score).toBeGreaterThanOrEqual(0);
      expect(hit.score).toBeLessThanOrEqual(1);
      expect(hit.relevance).toBeGreaterThanOrEqual(0);
      expect(hit.relevance).toBeLessThanOrEqual(1);
    }
  });
});

describe('recencyOf', () => {
  it.each([
    ['2026-03-01T00:00:00.000Z', 1],
    ['2026-01-30T00:00:00.000Z', 0.5],
    ['2025-12-31T00:00:00.000Z', 0.25],
    ['2027-01-01T00:00:00.000Z', 1],
  ])('halves every thirty days: %s', (occurredAt, expected) => {
    expect(recencyOf(occurredAt, now)).toBeCloseTo(expected, 10);
  });
});

describe('weightsFor', () => {
  it('trusts the vectors of a model more than those of a word table', () => {
    expect(weightsFor('static-minilm-128').vector).toBe(1.5);
    expect(weightsFor('bedrock-titan-1024')).toMatchObject({ vector: 2, author: 0.4 });
    expect(weightsFor('caller').vector).toBe(2);
  });
});
