import { AppError } from '../../kernel/app-error.ts';
import type { Candidate, RecallIndex, Vector } from '../../memory/recall/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';
import { candidatesSql } from './recall-sql.ts';
import { scopeSql } from './scope-sql.ts';

interface CandidateRow {
  /** Of the query's space, once it has one; every row says it, and one row comes even without candidates. */
  dimension: number | null;
  id: string | null;
  author: string | null;
  words: number;
  importance: number;
  occurred_at: Date;
  own: number;
  previous: number;
  episode: number;
  graph: number;
  cosine: number | null;
}

function checkDimension(vector: Vector | undefined, expected: number | null | undefined): void {
  const given = vector?.values.length;
  if (!vector || typeof expected !== 'number' || given === expected) return;
  throw new AppError(
    'dimension_mismatch',
    `The embedding has ${given} dimensions, the space ${vector.space} has ${expected}.`,
    { details: { given, expected } },
  );
}

/** Cosine is the inner product of unit vectors, and the store keeps unit vectors. */
function unit(vector: Vector): Vector {
  const norm = Math.hypot(...vector.values);
  return { space: vector.space, values: vector.values.map((value) => value / norm) };
}

const candidateFromRow = (row: CandidateRow & { id: string }): Candidate => ({
  id: row.id,
  ...(row.author !== null && { author: row.author }),
  own: row.own,
  previous: row.previous,
  episode: row.episode,
  graph: row.graph,
  ...(row.cosine !== null && { cosine: row.cosine }),
  words: row.words,
  importance: row.importance,
  occurredAt: row.occurred_at.toISOString(),
});

const hasId = (row: CandidateRow): row is CandidateRow & { id: string } => row.id !== null;

/** Recall's evidence from Postgres: BM25 and exact vectors, with nothing but core and pgvector. */
export const postgresRecallIndex = (
  db: Database,
  /** A scope of more memories than `scoredWhole` is searched through candidates. */
  options: { scoredWhole?: number } = {},
): RecallIndex => ({
  candidates: async (tenantId, query) => {
    const { sql, params } = candidatesSql(
      query.vector ? { ...query, vector: unit(query.vector) } : query,
      options.scoredWhole,
    );
    const rows = await db.query<CandidateRow>(tenantId, sql, params);
    checkDimension(query.vector, rows[0]?.dimension);
    return rows.filter(hasId).map(candidateFromRow);
  },

  knownAuthors: async (tenantId, scope, names) => {
    const params: unknown[] = [names];
    // most candidate names are nobody's: one probe of the index each, before the scope is looked at
    const rows = await db.query<{ author: string }>(
      tenantId,
      `with known as materialized (
         select n.name from unnest($1::text[]) n (name)
         where exists (
           select from strata.memories m
           where m.tenant_id = strata.current_tenant() and m.author_key = n.name)
       )
       select found.author
       from known k
       cross join lateral (
         select m.author from strata.memories m
         where m.author_key = k.name and ${scopeSql(scope, params)}
         limit 1
       ) found
       order by found.author`,
      params,
    );
    return rows.map((row) => row.author);
  },

  nearest: async (tenantId, scope, vector, limit) => {
    const params: unknown[] = [vector.space, JSON.stringify(unit(vector).values), limit];
    const rows = await db.query<{ dimension: number | null; id: string | null; cosine: number }>(
      tenantId,
      `with space as materialized (
         select (select e.dimension from strata.embedding_spaces e
           where e.tenant_id = strata.current_tenant() and e.name = $1) as dimension
       )
       select s.dimension, near.id, near.cosine
       from space s
       left join lateral (
         select m.id, (-(e.embedding <#> $2::halfvec))::real as cosine
         from strata.memory_embeddings e
         join strata.memories m on m.id = e.memory_id and ${scopeSql(scope, params)}
         where s.dimension = vector_dims($2::halfvec)
           and e.tenant_id = strata.current_tenant() and e.space = $1
         order by e.embedding <#> $2::halfvec, m.id
         limit $3
       ) near on true`,
      params,
    );
    checkDimension(vector, rows[0]?.dimension);
    return rows.flatMap(({ id, cosine }) => (id === null ? [] : [{ id, cosine }]));
  },

  recentTurns: async (tenantId, conversationId, limit) => {
    const params: unknown[] = [limit];
    const rows = await db.query<{ id: string }>(
      tenantId,
      `select m.id from strata.memories m
       where ${scopeSql({ conversationId }, params)}
       order by m.occurred_at desc, m.id desc
       limit $1`,
      params,
    );
    return rows.map((row) => row.id).reverse();
  },
});

export const recallIndexProvider = postgresProvider((db) => postgresRecallIndex(db));
