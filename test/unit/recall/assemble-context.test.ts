import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextBody } from '../../../shared/contracts/memory/recall.ts';
import { assembleContext } from '../../../shared/memory/recall/assemble-context.ts';
import type { SearchDeps } from '../../../shared/memory/recall/search-memories.ts';
import { recallFakes, tenantId } from './recall-fakes.ts';

const assemble = (deps: SearchDeps, body: Record<string, unknown>) =>
  assembleContext(tenantId, contextBody.parse({ query: 'cat', ...body }), deps);
const minute = (n: number) => `2026-02-28T10:${String(n).padStart(2, '0')}:00.000Z`;

describe('assembleContext', () => {
  it('puts what was recalled before the last turns, which stand in their order, each once', async () => {
    const { deps, remember } = recallFakes();
    const recalled = await remember('the cat is called Mia', {
      agentId: 'Anna',
      occurredAt: '2025-12-24T00:00:00.000Z',
    });
    const turns: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      turns.push(await remember(`cat ${n}`, { conversationId: 'c', role: 'user', occurredAt: minute(n) }));
    }
    const { items, text, warnings } = await assemble(deps, { conversationId: 'c', recentTurns: 2 });
    expect(items.map((item) => [item.source, item.memoryId])).toEqual([
      ...items.slice(0, 2).map((item) => ['recalled', item.memoryId]),
      ['recent', turns[1]],
      ['recent', turns[2]],
    ]);
    expect(new Set(items.map((item) => item.memoryId))).toEqual(new Set([recalled, ...turns]));
    expect(items.find((item) => item.memoryId === recalled)).toMatchObject({
      text: '[2025-12-24] Anna: the cat is called Mia',
      version: 1,
      occurredAt: '2025-12-24T00:00:00.000Z',
      score: expect.any(Number),
    });
    expect(text.split('\n').slice(-1)).toEqual(['[2026-02-28] user: cat 2']);
    expect(warnings).toEqual([]);
  });

  it('takes the summary of what does not fit, and counts what found no place', async () => {
    const { deps, remember } = recallFakes();
    const long = await remember(`cat ${'meow '.repeat(200)}`, { summary: 'a cat meowed' });
    await remember(`cat ${'purr '.repeat(200)}`);
    const { items, omitted, tokens } = await assemble(deps, { tokenBudget: 50 });
    expect(items.map((item) => [item.source, item.memoryId])).toEqual([['summary', long]]);
    expect(items[0]?.text).toBe('[2026-02-28] a cat meowed');
    expect(omitted).toBe(1);
    expect(tokens).toBe(items[0]?.tokens);
  });

  it('answers the same for the same', async () => {
    const { deps, remember } = recallFakes();
    for (let n = 0; n < 10; n += 1) await remember(`cat ${n % 3}`);
    const [one, other] = [await assemble(deps, {}), await assemble(deps, {})];
    expect(one.items.map((item) => item.memoryId)).toEqual(other.items.map((item) => item.memoryId));
  });

  it('never exceeds the budget, whatever the texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ maxLength: 300, unit: 'grapheme' }), fc.boolean()), { maxLength: 12 }),
        fc.integer({ min: 50, max: 400 }),
        async (texts, tokenBudget) => {
          const { deps, remember } = recallFakes();
          for (const [place, [text, isTurn]] of texts.entries()) {
            await remember(`cat ${text}`, {
              occurredAt: minute(place),
              ...(isTurn && { conversationId: 'c', summary: 'cat' }),
            });
          }
          const found = await assemble(deps, { conversationId: 'c', tokenBudget });
          expect(found.tokens).toBeLessThanOrEqual(tokenBudget);
          expect(Math.ceil(Buffer.byteLength(found.text) / 4)).toBeLessThanOrEqual(found.tokens);
          expect(new Set(found.items.map((item) => item.memoryId)).size).toBe(found.items.length);
          expect(found.items.length + found.omitted).toBe(texts.length);
        },
      ),
      { numRuns: 40 },
    );
  });
});
