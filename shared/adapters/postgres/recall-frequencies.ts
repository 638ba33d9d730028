import { columns, type RecallParts, sampled, tenant } from './recall-parts.ts';

/**
 * The terms of the query and how much each weighs, by frequencies of the scope when it is scored whole, else of
 * the tenant, or of the rows that were read while the tenant has not been counted yet.
 */
export const frequenciesSql = (parts: RecallParts) => `
terms as materialized (
  select t.lexeme as term, cardinality(t.positions)::float8 as weight
  from unnest(to_tsvector('english', ${parts.text})) t
),
any_term as materialized (select strata.any_of(array_agg(term)) as query from terms),
bounded as materialized (
  select ${columns} from strata.memories m where ${parts.inScope} limit ${parts.scoredWhole + 1}
),
plan as materialized (
  select (select count(*) from bounded) <= ${parts.scoredWhole} as whole,
    exists (select from strata.corpus_statistics c where c.tenant_id = ${tenant}) as counted
),
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
)`;
