import type { RecallQuery } from '../../memory/recall/ports.ts';
import { armsSql } from './recall-arms.ts';
import { evidenceSql } from './recall-evidence.ts';
import { frequenciesSql } from './recall-frequencies.ts';
import { recallParts, tenant } from './recall-parts.ts';

/**
 * The one statement of recall. Its parts that do not apply to the size of the scope have a condition that is
 * checked once, so Postgres skips them. Every row has the dimension of the query's space; one without id means
 * that there are no candidates.
 */
export function candidatesSql(query: RecallQuery, wholeUpTo?: number): { sql: string; params: unknown[] } {
  const parts = recallParts(query, wholeUpTo);
  const sql = `with space as materialized (
  select s.dimension, s.dimension = vector_dims(${parts.vector}) as fits
  from (
    select (select e.dimension from strata.embedding_spaces e
      where e.tenant_id = ${tenant} and e.name = ${parts.space})
  ) s (dimension)
), ${frequenciesSql(parts)}, ${armsSql(parts)}, ${evidenceSql(parts)}
select s.dimension, e.* from space s left join evidence e on true`;
  return { sql, params: parts.params };
}
