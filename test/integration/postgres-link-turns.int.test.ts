import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryStore } from '../../shared/memory/ports.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { applied, newTenant, stored, testSpace, writeOf } from '../support/store-writes.ts';
import { postgresStores } from '../support/stores.ts';

let postgres: TestPostgres;
let memories: MemoryStore;
beforeAll(async () => {
  postgres = await startTestPostgres();
  ({ memories } = postgresStores(postgres));
});
afterAll(() => postgres.stop());

/** Its components are halves of steps that differ in every turn, so that a wrong neighbour shows. */
const vectorAt = (minute: number) => [Math.cos(minute), Math.sin(minute), 0.001 * minute];
const unit = (vector: number[]) => {
  const norm = Math.hypot(...vector);
  return vector.map((component) => component / norm);
};

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
const turn = (minute: number, fields: Parameters<typeof writeOf>[0] = {}) =>
  writeOf(
    { externalId: `at ${minute}`, conversationId: 'c', occurredAt: at(minute), ...fields },
    { embedding: { space: testSpace, values: vectorAt(minute), pending: false } },
  );

interface Link {
  name: string;
  previous: string | null;
  episode: string | null;
  embedding: string | null;
}

describe('strata.link_turns', () => {
  let tenant: string;
  beforeEach(() => {
    tenant = newTenant();
  });

  const links = async () => {
    const rows = await postgres.db.query<Link>(
      tenant,
      `select m.external_id as name, p.external_id as previous,
         coalesce((select f.external_id from strata.memories f where 'turn:' || f.id = m.episode), m.episode) as episode,
         e.embedding::text as embedding
       from strata.memories m
       left join strata.memories p on p.id = m.previous_id
       left join strata.memory_embeddings e on e.memory_id = m.id and e.space = $1
       where m.deleted_at is null order by m.occurred_at, m.id`,
      [testSpace],
    );
    return rows;
  };

  /** Names, predecessors and episodes are as given, and each vector is its own with 0.4 of the one before it. */
  async function expectChain(expected: [name: string, previous: string | null, episode: string][]) {
    const rows = await links();
    expect(rows.map(({ name, previous, episode }) => [name, previous, episode])).toEqual(expected);
    const minute = (name: string) => Number(name.slice('at '.length));
    for (const { name, previous, embedding } of rows) {
      const own = unit(vectorAt(minute(name)));
      const before = previous === null ? undefined : unit(vectorAt(minute(previous)));
      const blended = unit(own.map((component, index) => component + 0.4 * (before?.[index] ?? 0)));
      const actual = JSON.parse(embedding!) as number[];
      for (const [index, component] of blended.entries()) expect(actual[index]).toBeCloseTo(component, 2.5);
    }
  }

  const store = (...writes: ReturnType<typeof turn>[]) => applied(memories, tenant, writes);

  it('links turns that are appended one by one', async () => {
    for (const minute of [0, 5, 34]) await store(turn(minute));
    await expectChain([
      ['at 0', null, 'at 0'],
      ['at 5', 'at 0', 'at 0'],
      ['at 34', 'at 5', 'at 0'],
    ]);
  });

  it('begins an episode after a gap of more than 30 minutes, and not at 30', async () => {
    for (const minute of [0, 30, 61]) await store(turn(minute));
    await expectChain([
      ['at 0', null, 'at 0'],
      ['at 30', 'at 0', 'at 0'],
      ['at 61', null, 'at 61'],
    ]);
  });

  it('links a whole batch as if its turns had come one by one, conversations apart', async () => {
    await store(turn(3), turn(1), turn(50), turn(2), turn(40, { conversationId: 'other' }));
    await expectChain([
      ['at 1', null, 'at 1'],
      ['at 2', 'at 1', 'at 1'],
      ['at 3', 'at 2', 'at 1'],
      ['at 40', null, 'at 40'],
      ['at 50', null, 'at 50'],
    ]);
  });

  it('fits a late turn in between, which may join two episodes', async () => {
    await store(turn(0), turn(40));
    await expectChain([
      ['at 0', null, 'at 0'],
      ['at 40', null, 'at 40'],
    ]);
    await store(turn(20));
    await expectChain([
      ['at 0', null, 'at 0'],
      ['at 20', 'at 0', 'at 0'],
      ['at 40', 'at 20', 'at 0'],
    ]);
  });

  it('puts a turn before the first', async () => {
    await store(turn(10), turn(12));
    await store(turn(5));
    await expectChain([
      ['at 5', null, 'at 5'],
      ['at 10', 'at 5', 'at 5'],
      ['at 12', 'at 10', 'at 5'],
    ]);
  });

  it('takes sessions for episodes where they are named, whatever the gap', async () => {
    await store(
      turn(0, { sessionId: 's' }),
      turn(100, { sessionId: 's' }),
      turn(101, { sessionId: 't' }),
      turn(102),
      turn(103),
      turn(104, { sessionId: 's' }),
    );
    await expectChain([
      ['at 0', null, 'session:c:s'],
      ['at 100', 'at 0', 'session:c:s'],
      ['at 101', null, 'session:c:t'],
      ['at 102', null, 'at 102'],
      ['at 103', 'at 102', 'at 102'],
      ['at 104', null, 'session:c:s'],
    ]);
  });

  it('closes the gap that a softly deleted turn leaves, and opens it when the turn returns', async () => {
    await store(turn(0), turn(5), turn(10));
    const chain: Parameters<typeof expectChain>[0] = [
      ['at 0', null, 'at 0'],
      ['at 5', 'at 0', 'at 0'],
      ['at 10', 'at 5', 'at 0'],
    ];
    await expectChain(chain);
    await stored(memories, tenant, {
      externalId: 'at 5',
      conversationId: 'c',
      occurredAt: at(5),
      deletedAt: at(11),
    });
    await expectChain([
      ['at 0', null, 'at 0'],
      ['at 10', 'at 0', 'at 0'],
    ]);
    await store(turn(5));
    await expectChain(chain);
  });

  it('closes the gap that an erased turn leaves', async () => {
    const [, second] = await store(turn(0), turn(25), turn(50));
    await memories.erase({ tenantId: tenant, items: [{ id: second!.id }] });
    await expectChain([
      ['at 0', null, 'at 0'],
      ['at 50', null, 'at 50'],
    ]);
  });

  it('follows a turn that moves in time, to another conversation, and out of any', async () => {
    await store(turn(0), turn(5), turn(10));
    await store({ ...turn(5), state: { ...turn(5).state, occurredAt: at(15) } });
    const rows = async () => (await links()).map(({ name, previous, episode }) => [name, previous, episode]);
    expect(await rows()).toEqual([
      ['at 0', null, 'at 0'],
      ['at 10', 'at 0', 'at 0'],
      ['at 5', 'at 10', 'at 0'],
    ]);
    await store(turn(0, { conversationId: 'other' }));
    expect(await rows()).toEqual([
      ['at 0', null, 'at 0'],
      ['at 10', null, 'at 10'],
      ['at 5', 'at 10', 'at 10'],
    ]);
    const alone = turn(10);
    delete alone.state.conversationId;
    await store(alone);
    expect(await rows()).toEqual([
      ['at 0', null, 'at 0'],
      ['at 10', null, null],
      ['at 5', null, 'at 5'],
    ]);
  });

  it('blends a vector that is filled in later, into the next turn too', async () => {
    const pending = { embedding: { space: testSpace, values: null, pending: true } };
    const first = { ...turn(0), ...pending };
    await store(first);
    await store(turn(5));
    await memories.fillEmbeddings(tenant, testSpace, [
      { id: first.state.id, version: 1, embedding: vectorAt(0) },
    ]);
    await expectChain([
      ['at 0', null, 'at 0'],
      ['at 5', 'at 0', 'at 0'],
    ]);
  });

  it('changes a vector with the text of the turn before it', async () => {
    await store(turn(0), turn(5));
    await stored(
      memories,
      tenant,
      { externalId: 'at 0', conversationId: 'c', occurredAt: at(0), content: 'new' },
      { embedding: { space: testSpace, values: [0, 0, 1], pending: false } },
    );
    const [, second] = await links();
    const expected = unit(unit(vectorAt(5)).map((component, index) => component + 0.4 * [0, 0, 1][index]!));
    for (const [index, component] of (JSON.parse(second!.embedding!) as number[]).entries()) {
      expect(component).toBeCloseTo(expected[index]!, 2.5);
    }
  });

  it('blends components too small for a half', async () => {
    const tiny = [1, 1e-7, 6e-8];
    const embedding = { space: testSpace, values: tiny, pending: false };
    await store({ ...turn(0), embedding }, { ...turn(5), embedding });
    const [, second] = await links();
    expect((JSON.parse(second!.embedding!) as number[])[0]).toBeCloseTo(1, 3);
  });

  it("leaves the caller's vectors as they are, and memories without a conversation alone", async () => {
    const write = turn(5);
    await store(turn(0), { ...write, callerEmbedding: [0, 1] });
    const [memory] = await memories.get(tenant, [write.state.id], { embedding: true });
    expect(memory!.embedding).toEqual([0, 1]);
    const outside = turn(7);
    delete outside.state.conversationId;
    await store(outside);
    expect((await links()).at(-1)).toMatchObject({ name: 'at 7', previous: null, episode: null });
  });
});
