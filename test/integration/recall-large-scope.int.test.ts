import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { postgresRecallIndex } from '../../shared/adapters/postgres/recall-index.ts';
import { postgresRecallStatistics } from '../../shared/adapters/postgres/recall-statistics.ts';
import { fuse } from '../../shared/memory/recall/fuse.ts';
import { blends, fusionWeights } from '../../shared/memory/recall/weights.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { writeOf } from '../support/recall-writes.ts';
import { questionAbout, seeded, syntheticTurns } from '../support/synthetic-corpus.ts';

const tenantId = 'large';
const space = 'static-test-16';
const random = seeded(7);
const turns = syntheticTurns(5_000, random);
const questions = turns.filter((_, place) => place % 420 === 0).map((turn) => questionAbout(turn, random));

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
  // as write_memories would have written them, without the time that 5,000 writes take
  await postgres.db.query(
    tenantId,
    `with given as (
       select g.*, to_tsvector('english', g.text) as lexemes
       from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[]) with ordinality g (id, text, previous_id, episode, n)
     )
     insert into strata.memories (tenant_id, id, version, type, content, importance, occurred_at, conversation_id,
       previous_id, episode, lexemes, lexeme_count, words)
     select $1, g.id, 1, 'episodic', to_jsonb(g.text), 0.5, timestamptz '2023-05-08' + g.n * interval '1 second',
       'c' || g.n % 2, g.previous_id, g.episode, g.lexemes,
       (select coalesce(sum(cardinality(l.positions)), 0) from unnest(g.lexemes) l), 10
     from given g`,
    [
      tenantId,
      turns.map((turn) => turn.id),
      turns.map((turn) => turn.text),
      turns.map((turn) => turn.previousId),
      turns.map((turn) => turn.episode),
    ],
  );
  await postgres.db.query(
    tenantId,
    `with space as (
       insert into strata.embedding_spaces (tenant_id, name, dimension)
       values ($1, $2, vector_dims(($4::text[])[1]::halfvec))
     )
     insert into strata.memory_embeddings (tenant_id, memory_id, space, own, embedding)
     select $1, g.id, $2, g.vector::halfvec, g.vector::halfvec from unnest($3::uuid[], $4::text[]) g (id, vector)`,
    [tenantId, space, turns.map((turn) => turn.id), turns.map((turn) => JSON.stringify(turn.vector))],
  );
  // what autovacuum does on a server
  await postgres.asOwner((db) => db.unscoped('analyze strata.memories, strata.memory_embeddings'));
});
afterAll(() => postgres?.stop());

const topTen = async (
  index: ReturnType<typeof postgresRecallIndex>,
  { text, vector }: (typeof questions)[number],
): Promise<string[]> => {
  const candidates = await index.candidates(tenantId, {
    scope: {},
    text,
    vector: { space, values: vector },
    graphHits: [],
    poolSize: 100,
  });
  const options = { weights: fusionWeights.wordTable, blend: blends.relevance, now: new Date('2023-05-08') };
  return fuse(candidates, options)
    .slice(0, 10)
    .map((hit) => hit.candidate.id);
};

const scoredWhole: Set<string>[] = [];

/** The share of the ten best that the search through candidates finds too. */
async function agreement(): Promise<number> {
  const whole = postgresRecallIndex(postgres.db, { scoredWhole: 10_000 });
  if (scoredWhole.length === 0) {
    for (const question of questions) scoredWhole.push(new Set(await topTen(whole, question)));
  }
  const byCandidates = postgresRecallIndex(postgres.db);
  let shared = 0;
  for (const [place, question] of questions.entries()) {
    const found = await topTen(byCandidates, question);
    shared += found.filter((id) => scoredWhole[place]!.has(id)).length;
  }
  return shared / (questions.length * 10);
}

describe('recall in a scope too large to score whole', () => {
  it('agrees with scoring it whole by and large, before the tenant was counted', async () => {
    // frequencies come from two fifths of the memories then
    expect(await agreement()).toBeGreaterThanOrEqual(0.8);
  });

  it('finds the tenant that has to be counted, and counts it', async () => {
    const statistics = postgresRecallStatistics(postgres.db);
    expect(await statistics.stale(10)).toEqual([tenantId]);
    expect(await statistics.refresh(tenantId)).toBeGreaterThan(1_000);
    expect(await statistics.stale(10)).toEqual([]);
    const counted = await postgres.db.query<{ documents: number; episodes: number; lexemes: number }>(
      tenantId,
      `select documents::int, episodes::int, lexemes::int from strata.corpus_statistics`,
    );
    const lexemes = turns.reduce((sum, turn) => sum + turn.text.split(' ').length, 0);
    expect(counted).toEqual([{ documents: 5_000, episodes: 250, lexemes }]);
    const containing = (texts: string[]) => texts.filter((text) => text.split(' ').includes('w50')).length;
    expect(
      await postgres.db.query(
        tenantId,
        `select documents::int, episodes::int from strata.term_statistics where term = 'w50'`,
      ),
    ).toEqual([
      {
        documents: containing(turns.map((turn) => turn.text)),
        episodes: containing(
          [...Map.groupBy(turns, (turn) => turn.episode).values()].map((members) =>
            members.map((turn) => turn.text).join(' '),
          ),
        ),
      },
    ]);
  });

  it('agrees with scoring it whole, by the counts of the tenant', async () => {
    expect(await agreement()).toBeGreaterThanOrEqual(0.9);
  });

  it('shows the counts to no other tenant', async () => {
    expect(await postgres.db.query('other', 'select * from strata.term_statistics')).toEqual([]);
    expect(await postgres.db.query('other', 'select * from strata.corpus_statistics')).toEqual([]);
    expect(
      await postgres.db.query('other', 'select * from strata.memories_with_any($1, 10)', [['w1', 'w2']]),
    ).toEqual([]);
    expect(await postgres.db.unscoped('select * from strata.memories_with_any($1, 10)', [['w1']])).toEqual(
      [],
    );
  });

  it.each(["'; drop table strata.memories; --", '!w1 & (w2', "w1' | 'w2", 'w1\\', 'the of', ''])(
    'takes any query as words: %j',
    async (text) => {
      const index = postgresRecallIndex(postgres.db);
      const found = await index.candidates(tenantId, { scope: {}, text, graphHits: [], poolSize: 50 });
      expect(found.some((candidate) => candidate.own > 0)).toBe(text.includes('w1'));
    },
  );

  it('keeps to a narrowed scope in every arm', async () => {
    const [question] = questions;
    const conversation = new Set(turns.filter((_, place) => (place + 1) % 2 === 0).map((turn) => turn.id));
    const found = await postgresRecallIndex(postgres.db).candidates(tenantId, {
      scope: { conversationId: 'c0' },
      text: question?.text ?? '',
      vector: { space, values: question?.vector ?? [] },
      graphHits: turns.slice(0, 20).map((turn) => ({ id: turn.id, score: 1 })),
      poolSize: 100,
    });
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter((candidate) => !conversation.has(candidate.id))).toEqual([]);
    expect(found.filter((candidate) => candidate.graph === 1)).toHaveLength(10);
  });

  it('never brings back what was deleted or has expired', async () => {
    const memories = postgresMemoryStore(postgres.db);
    const vectors = { own: null };
    const kept = writeOf({ content: 'zebra' }, vectors);
    const deleted = writeOf({ content: 'zebra zebra' }, vectors);
    const expired = writeOf({ content: 'zebra', expiresAt: '2020-01-01T00:00:00.000Z' }, vectors);
    await memories.write({ tenantId, actor: 'test', writes: [kept, deleted, expired] });
    const deletion = { ...deleted.state, deletedAt: '2023-05-09T00:00:00.000Z' };
    await memories.write({
      tenantId,
      actor: 'test',
      writes: [{ ...deleted, kind: 'deleted', state: deletion }],
    });
    const found = await postgresRecallIndex(postgres.db).candidates(tenantId, {
      scope: {},
      text: 'zebras',
      graphHits: [deleted, expired].map((write) => ({ id: write.state.id, score: 1 })),
      poolSize: 100,
    });
    const zebras = found.filter((candidate) => candidate.own > 0 || candidate.graph > 0);
    expect(zebras.map((candidate) => candidate.id)).toEqual([kept.state.id]);
  });
});
