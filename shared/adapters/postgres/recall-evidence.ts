import { bm25Sql, fits, type RecallParts, tenant, whole } from './recall-parts.ts';

/**
 * What speaks for each candidate: its own text, the turn before it, its episode as one document, its vector. With
 * few joins, because planners take such expressions for a handful of rows, and a loop in a loop over thousands
 * of rows is slow.
 */
export const evidenceSql = (parts: RecallParts) => `
docs as materialized (
  select b.*, true as candidate from bounded b where ${whole}
  union all
  select m.*, m.id in (select id from pool)
  from read r
  cross join lateral (${parts.liveById('r.id')}) m
  where not ${whole}
),
scored as materialized (
  select d.*, ${parts.own('d')} as own
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
    coalesce((${parts.graphScores})[array_position(${parts.graphIds}, d.id)], 0) as graph,
    (select (-(v.embedding <#> ${parts.vector}))::real
     from strata.memory_embeddings v
     where ${fits} and v.tenant_id = ${tenant} and v.memory_id = d.id and v.space = ${parts.space}) as cosine
  from (
    select s.*, case when lag(s.id) over turns = s.previous_id then lag(s.own) over turns else 0 end as previous
    from scored s
    window turns as (partition by s.episode order by s.occurred_at, s.id)
  ) d
  left join episodes e on e.episode = d.episode
  where d.candidate
)`;
