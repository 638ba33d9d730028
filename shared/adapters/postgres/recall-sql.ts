import type { RecallQuery } from '../../memory/ports.ts';
import { bm25 } from '../../memory/recall/weights.ts';
import { scopeSql } from './scope-sql.ts';

/** Up to this many memories are scored whole, with frequencies of the scope itself. */
export const scoredWhole = 2_000;

/**
 * Entries of the inverted index that one search reads, rarest terms first; a narrowed scope keeps only some of
 * them, so it reads more. 3,000 share 95 % of their top ten with a full scan (docs/recall.md).
 */
const postingsBudget = { tenant: 3_000, narrowed: 12_000 };
/** Turns of the candidates' episodes that are read at most; a day-long session has no telling frequencies anyway. */
const episodeTurns = 10_000;
/** The most recently stored memories are candidates too: what was just said is often meant. */
const recentShare = 0.2;

const columns = `m.id, m.author, m.previous_id, m.episode, m.lexemes, m.lexeme_count, m.words, m.importance,
    m.occurred_at`;

const bm25Sql = (inverse: string, frequency: string, length: string, average: string) =>
  `sum(${inverse} * ${frequency} * ${bm25.k1 + 1}
      / (${frequency} + ${bm25.k1} * (${1 - bm25.b} + ${bm25.b} * ${length} / ${average})))`;

const isNarrowed = ({ scope }: RecallQuery) => Object.values(scope).some((value) => value !== undefined);

/** One statement that finds the candidates and gives the evidence for each; a row without id means none. */
export function candidatesSql(query: RecallQuery): { sql: string; params: unknown[] } {
  const params: unknown[] = [];
  const bind = (value: unknown, cast: string) => {
    params.push(value);
    return `$${params.length}::${cast}`;
  };
  const inScope = scopeSql(query.scope, params);
  const text = bind(query.text ?? '', 'text');
  const vector = bind(query.vector ? JSON.stringify(query.vector.values) : null, 'halfvec');
  const space = bind(query.vector?.space ?? null, 'text');
  const graphIds = bind(
    query.graphHits.map((hit) => hit.id),
    'uuid[]',
  );
  const graphScores = bind(
    query.graphHits.map((hit) => hit.score),
    'real[]',
  );
  const pool = bind(query.poolSize, 'int');
  const recent = bind(Math.ceil(query.poolSize * recentShare), 'int');
  const budget = bind(isNarrowed(query) ? postingsBudget.narrowed : postingsBudget.tenant, 'int');
  const whole = '(select whole from plan)';
  const sampled = '(select whole or not counted from plan)';
  const tenant = 'strata.current_tenant()';

  const sql = `
with terms as materialized (
  select t.lexeme as term, cardinality(t.positions)::float8 as weight
  from unnest(to_tsvector('english', ${text})) t
),
any_term as materialized (select strata.any_of(array_agg(term)) as query from terms),
bounded as materialized (
  select ${columns} from strata.memories m where ${inScope} limit ${scoredWhole + 1}
),
plan as materialized (
  select (select count(*) from bounded) <= ${scoredWhole} as whole,
    exists (select from strata.corpus_statistics c where c.tenant_id = ${tenant}) as counted
),

-- statistics: of the scope when it is scored whole; of the tenant; of what was read while it is not counted yet
sample as materialized (
  select b.episode, l.lexeme as term
  from bounded b
  cross join lateral unnest(b.lexemes) l
  where ${sampled} and b.lexemes @@ (select query from any_term) and l.lexeme in (select term from terms)
),
corpus as materialized (
  select count(*)::float8 as documents, avg(b.lexeme_count)::float8 as length,
    count(distinct b.episode)::float8 as episodes,
    (sum(b.lexeme_count) filter (where b.episode is not null))::float8
      / nullif(count(distinct b.episode), 0) as episode_length
  from bounded b
  where ${sampled}
  having count(*) > 0
  union all
  select c.documents, c.lexemes::float8 / nullif(c.documents, 0), c.episodes,
    c.episode_lexemes::float8 / nullif(c.episodes, 0)
  from strata.corpus_statistics c
  where not ${sampled} and c.tenant_id = ${tenant}
),
weights as materialized (
  select t.term, coalesce(f.documents, 0) as documents,
    t.weight * greatest(0, ln((c.documents + 1) / (coalesce(f.documents, 0) + 0.5))) as own,
    t.weight * greatest(0, ln((c.episodes + 1) / (coalesce(f.episodes, 0) + 0.5))) as episode
  from terms t
  cross join corpus c
  left join (
    select s.term, count(*)::float8 as documents, count(distinct s.episode)::float8 as episodes
    from sample s group by s.term
    union all
    select s.term, s.documents, s.episodes
    from strata.term_statistics s
    where not ${sampled} and s.tenant_id = ${tenant} and s.term in (select term from terms)
  ) f on f.term = t.term
),

-- candidates of a scope too large to score whole: each arm brings its own, none filters another
rare as materialized (
  select array_agg(r.term) as terms
  from (
    select w.term, sum(greatest(w.documents, 1)) over (order by w.documents, w.term) as postings,
      row_number() over (order by w.documents, w.term) as place
    from weights w
  ) r
  where r.postings <= ${budget} or r.place = 1
),
lexical as materialized (
  select m.id, m.previous_id, m.episode
  from strata.memories_with_any((select terms from rare), 2 * ${budget}) hit (id)
  join strata.memories m on m.id = hit.id and ${inScope}
  cross join lateral unnest(m.lexemes) l
  join weights w on w.term = l.lexeme
  cross join corpus c
  where not ${whole}
  group by m.id, m.previous_id, m.episode
  order by ${bm25Sql('w.own', 'cardinality(l.positions)', 'm.lexeme_count', 'c.length')} desc, m.id
  limit ${pool}
),
near as materialized (
  select m.id, m.previous_id, m.episode
  from strata.memory_embeddings e
  join strata.memories m on m.id = e.memory_id and ${inScope}
  where not ${whole} and e.tenant_id = ${tenant} and e.space = ${space}
    and vector_dims(e.embedding) = vector_dims(${vector})
  order by e.embedding <#> ${vector}
  limit ${pool}
),
pool as materialized (
  select * from lexical
  union
  -- an answer often stands in the turn after the one that has the words of the question
  select m.id, m.previous_id, m.episode from strata.memories m
  where not ${whole} and ${inScope} and m.previous_id in (select id from lexical)
  union
  select * from near
  union
  select m.id, m.previous_id, m.episode from strata.memories m
  where not ${whole} and ${inScope} and m.id = any (${graphIds})
  union
  (select m.id, m.previous_id, m.episode from strata.memories m
   where not ${whole} and ${inScope}
   order by m.created_at desc, m.id desc
   limit ${recent})
),
read as materialized (
  select id from pool
  union
  select previous_id from pool
  union
  (select m.id from strata.memories m
   where m.tenant_id = ${tenant} and m.episode in (select episode from pool)
   limit ${episodeTurns})
),

-- the evidence for each: its own text, the turn before it, its episode as one document. Few joins, since planners
-- take rows of such expressions for a handful, and loops over a handful of thousands are slow
docs as materialized (
  select b.*, true as candidate from bounded b where ${whole}
  union all
  select ${columns}, m.id in (select id from pool)
  from strata.memories m
  where not ${whole} and ${inScope} and m.id in (select id from read)
),
scored as materialized (
  select d.*, coalesce((
      select ${bm25Sql('w.own', 'cardinality(l.positions)', 'd.lexeme_count', 'c.length')}
      from unnest(d.lexemes) l
      join weights w on w.term = l.lexeme
      where d.lexemes @@ (select query from any_term)
    ), 0) as own
  from docs d
  cross join corpus c
),
episodes as materialized (
  select t.episode, ${bm25Sql('w.episode', 't.frequency', 'e.length', 'c.episode_length')} as score
  from (
    select d.episode, l.lexeme as term, sum(cardinality(l.positions))::float8 as frequency
    from docs d
    cross join lateral unnest(d.lexemes) l
    where d.lexemes @@ (select query from any_term) and l.lexeme in (select term from terms)
    group by d.episode, l.lexeme
  ) t
  join (
    select d.episode, sum(d.lexeme_count)::float8 as length
    from docs d where d.episode is not null group by d.episode
  ) e on e.episode = t.episode
  join weights w on w.term = t.term
  cross join corpus c
  group by t.episode
),
evidence as (
  select d.id, d.author, d.words, d.importance, d.occurred_at, d.own::real, d.previous::real,
    coalesce(e.score, 0)::real as episode,
    coalesce((${graphScores})[array_position(${graphIds}, d.id)], 0) as graph,
    (select (-(v.embedding <#> ${vector}))::real
     from strata.memory_embeddings v
     where v.tenant_id = ${tenant} and v.memory_id = d.id and v.space = ${space}
       and vector_dims(v.embedding) = vector_dims(${vector})) as cosine
  from (
    select s.*, case when lag(s.id) over turns = s.previous_id then lag(s.own) over turns else 0 end as previous
    from scored s
    window turns as (partition by s.episode order by s.occurred_at, s.id)
  ) d
  left join episodes e on e.episode = d.episode
  where d.candidate
)
select s.dimension, e.*
from (
  select (select s.dimension from strata.embedding_spaces s where s.tenant_id = ${tenant} and s.name = ${space})
) s (dimension)
left join evidence e on true`;
  return { sql, params };
}
