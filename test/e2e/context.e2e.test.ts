import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { openTarget, type Target, unique } from './support/target.ts';

let target: Target;
let api: Http;
const userId = unique('user');
const conversationId = unique('planning');
const turns: string[] = [];
let knowledge: string;
let report: string;

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
  const store = async (item: object): Promise<string> =>
    expectStatus(await api.post('/api/memory', { userId, ...item }), 201).id;
  knowledge = await store({
    content: 'Melanie can only travel on Fridays',
    occurredAt: '2025-11-03T09:00:00Z',
  });
  report = await store({
    content: `Travel report: ${'the long story of a journey. '.repeat(80)}`,
    summary: 'The report on the journey to Oslo',
    occurredAt: '2025-12-01T09:00:00Z',
  });
  for (let n = 0; n < 8; n += 1) {
    const occurredAt = `2026-02-01T10:0${n}:00Z`;
    turns.push(await store({ content: `Turn number ${n} of the talk`, conversationId, occurredAt }));
  }
});
afterAll(async () => {
  for (const id of [...turns, knowledge, report]) await api.delete(`/api/memory/${id}?hard=true`);
  await target.close();
});

const context = async (body: object): Promise<Json> =>
  expectStatus(await api.post('/api/memory/context', { userId, conversationId, ...body }), 200);
const of = (answer: Json, source: string) => answer.items.filter((item: Json) => item.source === source);

describe('context', () => {
  it('is what was recalled, then the last turns in their order, each with its origin', async () => {
    const answer = await context({ query: 'when can Melanie travel', recentTurns: 3, tokenBudget: 2_000 });
    const recent = of(answer, 'recent');
    expect(recent.map((item: Json) => item.memoryId)).toEqual(turns.slice(-3));
    expect(recent[0]).toMatchObject({ version: 1, occurredAt: '2026-02-01T10:05:00.000Z' });
    const recalled = of(answer, 'recalled');
    expect(recalled[0]).toMatchObject({
      memoryId: knowledge,
      score: expect.any(Number),
      text: `[2025-11-03] ${userId}: Melanie can only travel on Fridays`,
    });
    expect(answer.items.slice(-3)).toEqual(recent);
    expect(answer.text).toBe(answer.items.map((item: Json) => item.text).join('\n'));
    const named = answer.items.map((item: Json) => item.memoryId);
    expect(new Set(named).size).toBe(named.length);
    expect(answer.warnings).toEqual([]);
  });

  it.each([50, 80, 120, 300, 1_000])(
    'keeps to a budget of %d tokens, and says what it left out',
    async (tokenBudget) => {
      const answer = await context({
        query: 'the journey and travel of Melanie',
        recentTurns: 8,
        limit: 20,
        tokenBudget,
      });
      const tokens = answer.items.reduce((sum: number, item: Json) => sum + item.tokens, 0);
      expect(answer.tokens).toBe(tokens);
      expect(tokens).toBeLessThanOrEqual(tokenBudget);
      expect(answer.tokenBudget).toBe(tokenBudget);
      expect(answer.items.length).toBeGreaterThan(0);
      const recent = of(answer, 'recent').map((item: Json) => item.memoryId);
      expect(recent).toEqual(recent.length === 0 ? [] : turns.slice(-recent.length));
      // all ten are found or recent; each is in the window or left out
      expect(answer.items.length + answer.omitted).toBe(10);
    },
  );

  it('takes the summary of what is too long', async () => {
    const answer = await context({ query: 'report of the journey', recentTurns: 0, tokenBudget: 150 });
    expect(of(answer, 'summary')).toMatchObject([
      { memoryId: report, text: `[2025-12-01] ${userId}: The report on the journey to Oslo` },
    ]);
  });

  it('has no turns where none are asked for, or no conversation is named', async () => {
    expect(of(await context({ query: 'talk', recentTurns: 0 }), 'recent')).toEqual([]);
    const unnamed = await api.post('/api/memory/context', { userId, query: 'talk' });
    expect(of(expectStatus(unnamed, 200), 'recent')).toEqual([]);
  });

  it.each([{ tokenBudget: 49 }, { tokenBudget: 1e20 }, { recentTurns: 101 }, { query: '' }])(
    'refuses %j',
    async (body) => {
      const answer = await api.post('/api/memory/context', { query: 'x', ...body });
      expectProblem(answer, 'validation_failed');
    },
  );
});
