import { fits, type RecallParts, tenant, whole } from './recall-parts.ts';

/** Turns of an episode that are read at most; the frequencies of a day-long session tell little anyway. */
const episodeTurns = 500;

/** Candidates of a scope too large to score whole: each arm brings its own, and none filters another. */
export const armsSql = (parts: RecallParts) => `
rare as materialized (
  select array_agg(r.term) as terms
  from (
    select w.term, sum(greatest(w.documents, 1)) over (order by w.documents, w.term) as postings,
      row_number() over (order by w.documents, w.term) as place
    from weights w
  ) r
  where r.postings <= ${parts.budget} or r.place = 1
),
lexical as materialized (
  select m.id, m.previous_id, m.episode
  from strata.memories_with_any((select terms from rare), 2 * ${parts.budget}) hit (id)
  cross join lateral (${parts.liveById('hit.id')}) m
  cross join corpus c
  where not ${whole}
  order by ${parts.own('m')} desc, m.id
  limit ${parts.pool}
),
near as materialized (${
  parts.narrowed
    ? `
  select m.id, m.previous_id, m.episode
  from strata.memories m
  cross join lateral (
    select e.embedding from strata.memory_embeddings e
    where e.tenant_id = ${tenant} and e.memory_id = m.id and e.space = ${parts.space}
    limit 1
  ) e
  where not ${whole} and ${fits} and ${parts.inScope}
  order by e.embedding <#> ${parts.vector}
  limit ${parts.pool}`
    : `
  -- vectors alone are read first: of a whole tenant nearly every memory is in scope
  select m.id, m.previous_id, m.episode
  from (
    select e.memory_id
    from strata.memory_embeddings e
    where not ${whole} and ${fits} and e.tenant_id = ${tenant} and e.space = ${parts.space}
    order by e.embedding <#> ${parts.vector}
    limit 2 * ${parts.pool}
  ) e
  cross join lateral (${parts.liveById('e.memory_id')}) m
  limit ${parts.pool}`
}
),
pool as materialized (
  select * from lexical
  union
  -- an answer often stands in the turn after the one that has the words of the question
  select m.id, m.previous_id, m.episode
  from lexical
  cross join lateral (
    select m.* from strata.memories m where m.previous_id = lexical.id and ${parts.inScope} limit 1
  ) m
  union
  select * from near
  union
  select m.id, m.previous_id, m.episode from strata.memories m
  where not ${whole} and ${parts.inScope} and m.id = any (${parts.graphIds})
  union
  (select m.id, m.previous_id, m.episode from strata.memories m
   where not ${whole} and ${parts.inScope}
   order by m.created_at desc, m.id desc
   limit ${parts.recent})
),
read as materialized (
  select id from pool
  union
  select previous_id from pool
  union
  select m.id
  from (select distinct episode from pool) p
  cross join lateral (
    select m.id from strata.memories m
    where m.tenant_id = ${tenant} and m.episode = p.episode
    limit ${episodeTurns}
  ) m
)`;
