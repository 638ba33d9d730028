import type { Database } from '../../shared/adapters/postgres/database.ts';
import { bm25 } from '../../shared/memory/recall/weights.ts';

const { k1, b } = bm25;
const score = (frequency: string, length: string, average: string) =>
  `sum(w.inverse * ${frequency} * ${k1 + 1}
    / (${frequency} + ${k1} * (${1 - b} + ${b} * ${length} / ${average})))`;

const terms = `terms as materialized (
  select t.lexeme as term, cardinality(t.positions)::float8 as weight from unnest(to_tsvector('english', $2)) t)`;

/** Every row of the tenant, frequencies counted on the way: what suits some hundred rows. $1 tenant, $2 query. */
const counting = `with ${terms},
documents as materialized (
  select m.id, m.lexemes, m.lexeme_count from strata.memories m
  where m.tenant_id = $1 and m.deleted_at is null),
corpus as (select count(*)::float8 as documents, avg(lexeme_count)::float8 as length from documents),
postings as materialized (
  select d.id, d.lexeme_count, l.lexeme as term, cardinality(l.positions)::float8 as frequency
  from documents d cross join lateral unnest(d.lexemes) l where l.lexeme in (select term from terms)),
weights as materialized (
  select t.term, t.weight * ln((c.documents + 1) / (count(p.id) + 0.5)) as inverse
  from terms t cross join corpus c left join postings p on p.term = t.term
  group by t.term, t.weight, c.documents)
select p.id, ${score('p.frequency', 'p.lexeme_count', 'c.length')} as score
from postings p join weights w on w.term = p.term cross join corpus c
group by p.id order by score desc limit 10`;

/**
 * The tenant's table of frequencies and the inverted index, rarest terms first within a budget of postings: the
 * plan that reached 95 % of the full scan's top ten when it was chosen. $3 the budget.
 */
const indexed = `with ${terms},
weights as materialized (
  select t.term, coalesce(s.documents, 0) as documents,
    t.weight * ln((c.documents + 1) / (coalesce(s.documents, 0) + 0.5)) as inverse,
    c.lexemes::float8 / c.documents as length
  from terms t
  join strata.corpus_statistics c on c.tenant_id = $1
  left join strata.term_statistics s on s.tenant_id = $1 and s.term = t.term),
rare as (
  select array_agg(r.term) as terms
  from (select w.term, sum(greatest(w.documents, 1)) over (order by w.documents, w.term) as postings,
    row_number() over (order by w.documents, w.term) as place from weights w) r
  where r.postings <= $3::int or r.place = 1)
select m.id, ${score('cardinality(l.positions)', 'm.lexeme_count', 'w.length')} as score
from strata.memories_with_any((select terms from rare), 2 * $3::int) hit (id)
join strata.memories m on m.tenant_id = $1 and m.id = hit.id
cross join lateral unnest(m.lexemes) l
join weights w on w.term = l.lexeme
group by m.id order by score desc limit 10`;

const exactScan = `
select e.memory_id as id from strata.memory_embeddings e
where e.tenant_id = $1 and e.space = $2
order by e.embedding <#> $3::halfvec limit 10`;

const postingsBudget = 3_000;

/** A baseline that finds nothing would be quick and worth nothing. */
async function tenBest(db: Database, sql: string, params: [string, ...unknown[]]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(params[0], sql, params);
  if (rows.length === 0) throw new Error('the raw statement found nothing');
  return rows.map(({ id }) => id);
}

/** The ten best by BM25 of the memories' own texts, by hand. @param counted the tenant has its frequencies */
export const rawBm25 = (db: Database, tenantId: string, query: string, counted: boolean) =>
  counted
    ? tenBest(db, indexed, [tenantId, query, postingsBudget])
    : tenBest(db, counting, [tenantId, query]);

/** The ten nearest by hand: every vector of the tenant is compared. */
export const rawNearest = (db: Database, tenantId: string, space: string, vector: readonly number[]) =>
  tenBest(db, exactScan, [tenantId, space, JSON.stringify(vector)]);
