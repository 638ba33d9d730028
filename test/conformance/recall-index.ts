import { describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import type { MemoryStore, MemoryWrite } from '../../shared/memory/ports.ts';
import type { Candidate, RecallIndex, RecallQuery } from '../../shared/memory/recall/ports.ts';
import { testSpace, writeOf } from '../support/recall-writes.ts';

export interface RecallFixture {
  index: RecallIndex;
  /** The store behind the index. */
  memories: MemoryStore;
}

export const store = (memories: MemoryStore, tenantId: string, writes: MemoryWrite[]) =>
  memories.write({ tenantId, actor: 'test', writes });

/** A tenant of one test with memories in it; asks questions of the index. */
export async function filled({ index, memories }: RecallFixture, writes: MemoryWrite[]) {
  const tenantId = `tenant-${newId()}`;
  await store(memories, tenantId, writes);
  return {
    tenantId,
    async ask(query: Partial<RecallQuery>): Promise<Candidate[]> {
      const found = await index.candidates(tenantId, { scope: {}, graphHits: [], poolSize: 100, ...query });
      const order = new Map(writes.map((write, place) => [write.state.id, place]));
      return found.sort((a, b) => (order.get(a.id) ?? -1) - (order.get(b.id) ?? -1));
    },
  };
}

const turn = (content: string, minute: number, fields: Partial<MemoryWrite['state']> = {}, own?: number[]) =>
  writeOf(
    {
      content,
      conversationId: 'c',
      occurredAt: `2023-05-08T10:${String(minute).padStart(2, '0')}:00.000Z`,
      ...fields,
    },
    own ? { own } : {},
  );

/** What every source of recall's evidence must do, about words. */
export function describeRecallText(name: string, make: () => RecallFixture): void {
  describe(`RecallIndex, words: ${name}`, () => {
    it('scores a text by BM25 with frequencies of the scope', async () => {
      const { ask } = await filled(make(), [
        writeOf({ content: 'cat cat dog' }),
        writeOf({ content: 'dog fish' }),
        writeOf({ content: 'bird' }),
      ]);
      const found = await ask({ text: 'cat' });
      // lengths 6, 5 and 4 with the date's three terms; ln(4 / 1.5) · 2 · 1.9 / (2 + 0.9 · (0.6 + 0.4 · 6 / 5))
      expect(found.map((candidate) => candidate.own)).toEqual([expect.closeTo(1.254089, 5), 0, 0]);
      expect(found.map((candidate) => candidate.words)).toEqual([3, 2, 1]);
    });

    it('counts a word of the query as often as it stands there, and meets other forms of it', async () => {
      const { ask } = await filled(make(), [writeOf({ content: 'cats' }), writeOf({ content: 'bird' })]);
      const [once] = await ask({ text: 'cat' });
      const [twice] = await ask({ text: 'a cat and cats' });
      expect(once?.own).toBeCloseTo(Math.log(2), 5);
      expect(twice?.own).toBeCloseTo(2 * Math.log(2), 5);
    });

    it('finds date and author as words', async () => {
      const { ask } = await filled(make(), [
        writeOf({ content: 'bird', agentId: 'Anna' }),
        writeOf({ content: 'bird', agentId: 'Ben', occurredAt: '2023-06-09T00:00:00.000Z' }),
      ]);
      expect((await ask({ text: 'in June' })).map((candidate) => candidate.own > 0)).toEqual([false, true]);
      expect((await ask({ text: 'anna' })).map((candidate) => candidate.own > 0)).toEqual([true, false]);
    });

    it('gives each turn the score of the turn before it and of its episode', async () => {
      const { ask } = await filled(make(), [
        turn('cat', 0, { sessionId: '1' }),
        turn('dog', 1, { sessionId: '1' }),
        turn('fish', 2, { sessionId: '2' }),
      ]);
      const found = await ask({ text: 'cat' });
      // as turns: ln(4 / 1.5) · 1.9 / 1.9; as episodes of 8 and 4 terms: ln(3 / 1.5) · 1.9 / (1 + 0.9 · (0.6 + 0.4 · 8 / 6))
      const own = expect.closeTo(0.980829, 5);
      const episode = expect.closeTo(0.65197, 5);
      expect(found.map((candidate) => candidate.own)).toEqual([own, 0, 0]);
      expect(found.map((candidate) => candidate.previous)).toEqual([0, own, 0]);
      expect(found.map((candidate) => candidate.episode)).toEqual([episode, episode, 0]);
    });

    it('begins an episode after half an hour of silence where no session is named', async () => {
      const { ask } = await filled(make(), [
        turn('cat', 0),
        turn('dog', 30),
        turn('fish', 59),
        turn('bird', 59, {
          occurredAt: '2023-05-08T11:29:00.001Z',
        }),
      ]);
      const found = await ask({ text: 'cat' });
      expect(found.map((candidate) => candidate.episode > 0)).toEqual([true, true, true, false]);
      expect(found.map((candidate) => candidate.previous > 0)).toEqual([false, true, false, false]);
    });

    it('forgets a deleted turn as neighbour, as episode and as candidate', async () => {
      const fixture = make();
      const [cat, dog] = [turn('cat', 0), turn('dog', 1)];
      const { tenantId, ask } = await filled(fixture, [cat, dog]);
      await store(fixture.memories, tenantId, [
        { ...cat, kind: 'deleted', state: { ...cat.state, deletedAt: '2023-05-09T00:00:00.000Z' } },
      ]);
      expect(await ask({ text: 'cat' })).toEqual([
        expect.objectContaining({ id: dog.state.id, own: 0, previous: 0, episode: 0 }),
      ]);
    });

    it.each([
      "'; drop table strata.memories; --",
      'cat & | ! <-> ( ) :* dog',
      "it's a \\ back''slash\\'",
      '$$ $1 %s {} [] "',
      'the of and to a',
      '   ',
      '😀 🐈 日本語 ﷽',
      `${'cat '.repeat(20)}${'wörd-ñ/http://x.y/z?q=1 '.repeat(300)}`,
    ])('takes any query as words: %.30j', async (text) => {
      const { ask } = await filled(make(), [writeOf({ content: 'a cat' }), writeOf({ content: 'bird' })]);
      const found = await ask({ text });
      expect(found).toHaveLength(2);
      expect((found[0]?.own ?? 0) > 0).toBe(text.includes('cat'));
      expect(found[1]?.own).toBe(0);
    });

    it('keeps to the scope, and counts frequencies inside it', async () => {
      const { ask } = await filled(make(), [
        writeOf({ content: 'cat', agentId: 'a', tags: ['x'] }),
        writeOf({ content: 'cat', agentId: 'b' }),
        writeOf({ content: 'dog', agentId: 'b', type: 'episodic' }),
        writeOf({ content: 'cat', agentId: 'a', expiresAt: '2020-01-01T00:00:00.000Z' }),
      ]);
      expect(await ask({ text: 'cat', scope: { agentId: 'a' } })).toHaveLength(1);
      expect(await ask({ scope: { memoryTypes: ['episodic'] } })).toHaveLength(1);
      expect(await ask({ scope: { filter: { op: 'eq', field: 'tags', value: 'x' } } })).toHaveLength(1);
      expect(await ask({ scope: { domain: 'none' } })).toEqual([]);
      const [inB] = await ask({ text: 'cat', scope: { agentId: 'b' } });
      expect(inB?.own).toBeCloseTo(Math.log(2), 5);
    });

    it.each([
      ['1', '10'],
      ['a', 'A'],
      ['a', 'a '],
      ['a%', 'ab'],
      ['\u00e9', 'e\u0301'],
    ])('keeps tenant %j apart from %j', async (one, other) => {
      const { index, memories } = make();
      const prefix = newId();
      await store(memories, prefix + one, [
        writeOf({ content: 'cat', agentId: 'Anna', conversationId: 'c' }),
      ]);
      const query = { scope: {}, text: 'cat', graphHits: [], poolSize: 10 };
      expect(await index.candidates(prefix + one, query)).toHaveLength(1);
      expect(await index.candidates(prefix + other, query)).toEqual([]);
      expect(await index.knownAuthors(prefix + other, {}, ['anna'])).toEqual([]);
      expect(await index.recentTurns(prefix + other, 'c', 5)).toEqual([]);
      expect(await index.nearest(prefix + other, {}, { space: testSpace, values: [1, 0] }, 5)).toEqual([]);
    });
  });
}
