import { describe, expect, it } from 'vitest';
import { callerSpace } from '../../shared/memory/recall/ports.ts';
import { testSpace, writeOf } from '../support/recall-writes.ts';
import { filled, type RecallFixture } from './recall-index.ts';

const at = (minute: number) => `2023-05-08T10:0${minute}:00.000Z`;
const east = { space: testSpace, values: [3, 0] };

/** What every source of recall's evidence must do, about vectors, authors and turns. */
export function describeRecallVectors(name: string, make: () => RecallFixture): void {
  describe(`RecallIndex, vectors: ${name}`, () => {
    it('compares a turn together with 0.4 of the turn before it', async () => {
      const { ask } = await filled(make(), [
        writeOf({ content: 'a', conversationId: 'c', occurredAt: at(0) }, { own: [1, 0] }),
        writeOf({ content: 'b', conversationId: 'c', occurredAt: at(1) }, { own: [0, 2] }),
        writeOf({ content: 'c' }, { own: [-1, 0] }),
        writeOf({ content: 'd' }),
      ]);
      const cosines = (await ask({ vector: east })).map((candidate) => candidate.cosine);
      expect(cosines.slice(0, 3)).toEqual([
        expect.closeTo(1, 3),
        // (0.4, 1) has the length 1.0770
        expect.closeTo(0.4 / Math.hypot(0.4, 1), 3),
        expect.closeTo(-1, 3),
      ]);
      expect(cosines[3]).toBeUndefined();
    });

    it("compares a caller's vectors in their own space, as they are", async () => {
      const { ask } = await filled(make(), [
        writeOf({ content: 'a', conversationId: 'c', occurredAt: at(0) }, { own: [1, 0], caller: [1, 0, 0] }),
        writeOf({ content: 'b', conversationId: 'c', occurredAt: at(1) }, { own: [0, 1], caller: [0, 5, 0] }),
      ]);
      const found = await ask({ vector: { space: callerSpace, values: [0, 1, 0] } });
      expect(found.map((candidate) => candidate.cosine)).toEqual([
        expect.closeTo(0, 3),
        expect.closeTo(1, 3),
      ]);
    });

    it('has no cosine in a space that nothing is in', async () => {
      const { ask } = await filled(make(), [writeOf({ content: 'a' }, { own: [1, 0] })]);
      const [only] = await ask({ vector: { space: 'other', values: [1, 0, 0] } });
      expect(only?.cosine).toBeUndefined();
    });

    it('refuses a vector of another dimension with both numbers, even where the scope is empty', async () => {
      const fixture = make();
      const { tenantId, ask } = await filled(fixture, [
        writeOf({ content: 'a' }, { own: [1, 0], caller: [1, 0, 0] }),
      ]);
      const refusal = { code: 'dimension_mismatch', details: { given: 2, expected: 3 } };
      const vector = { space: callerSpace, values: [1, 0] };
      await expect(ask({ vector, scope: { domain: 'none' } })).rejects.toMatchObject(refusal);
      await expect(ask({ vector })).rejects.toMatchObject(refusal);
      await expect(fixture.index.nearest(tenantId, {}, vector, 1)).rejects.toMatchObject(refusal);
      expect(await fixture.index.nearest('nobody', {}, vector, 1)).toEqual([]);
    });

    it('brings what the graph found, inside the scope alone', async () => {
      const [inside, outside] = [
        writeOf({ content: 'a', agentId: 'x' }),
        writeOf({ content: 'b', agentId: 'y' }),
      ];
      const { ask } = await filled(make(), [inside, outside]);
      const graphHits = [
        { id: inside.state.id, score: 0.75 },
        { id: outside.state.id, score: 0.5 },
      ];
      const found = await ask({ scope: { agentId: 'x' }, graphHits });
      expect(found.map(({ id, graph }) => [id, graph])).toEqual([[inside.state.id, 0.75]]);
    });

    it('answers the nearest, best first, no more than asked for', async () => {
      const fixture = make();
      const writes = [
        writeOf({ content: 'a' }, { caller: [1, 1] }),
        writeOf({ content: 'b' }, { caller: [1, 0] }),
        writeOf({ content: 'c', domain: 'd' }, { caller: [0, 1] }),
        writeOf({ content: 'd' }),
      ];
      const { tenantId } = await filled(fixture, writes);
      const vector = { space: callerSpace, values: [2, 0] };
      const all = await fixture.index.nearest(tenantId, {}, vector, 10);
      expect(all).toEqual([
        { id: writes[1]?.state.id, cosine: expect.closeTo(1, 3) },
        { id: writes[0]?.state.id, cosine: expect.closeTo(Math.SQRT1_2, 3) },
        { id: writes[2]?.state.id, cosine: expect.closeTo(0, 3) },
      ]);
      expect(await fixture.index.nearest(tenantId, {}, vector, 2)).toHaveLength(2);
      const inDomain = await fixture.index.nearest(tenantId, { domain: 'd' }, vector, 10);
      expect(inDomain.map((hit) => hit.id)).toEqual([writes[2]?.state.id]);
    });

    it('knows authors whatever their case, each once, inside the scope', async () => {
      const fixture = make();
      const { tenantId } = await filled(fixture, [
        writeOf({ content: 'a', agentId: 'Anna Maria', domain: 'd' }),
        writeOf({ content: 'b', agentId: 'Anna Maria' }),
        writeOf({ content: 'c', userId: 'Ärne' }),
        writeOf({ content: 'd', role: 'user' }),
      ]);
      const names = ['anna maria', 'anna', 'ärne', 'user', 'zoe'];
      const { index } = fixture;
      expect(new Set(await index.knownAuthors(tenantId, {}, names))).toEqual(
        new Set(['Anna Maria', 'user', 'Ärne']),
      );
      expect(await index.knownAuthors(tenantId, { domain: 'd' }, names)).toEqual(['Anna Maria']);
      expect(await index.knownAuthors(tenantId, {}, ["x'; drop", '%', ''])).toEqual([]);
    });

    it('answers the last turns of a conversation, oldest first', async () => {
      const fixture = make();
      const writes = [2, 0, 1].map((minute) =>
        writeOf({ content: `turn ${minute}`, conversationId: 'c', occurredAt: at(minute) }),
      );
      const [last, first, middle] = writes.map((write) => write.state.id);
      const { tenantId } = await filled(fixture, [
        ...writes,
        writeOf({ content: 'z', conversationId: 'other' }),
      ]);
      expect(await fixture.index.recentTurns(tenantId, 'c', 2)).toEqual([middle, last]);
      expect(await fixture.index.recentTurns(tenantId, 'c', 9)).toEqual([first, middle, last]);
      expect(await fixture.index.recentTurns(tenantId, 'c', 0)).toEqual([]);
    });
  });
}
