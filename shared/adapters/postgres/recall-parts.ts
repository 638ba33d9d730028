import type { RecallQuery } from '../../memory/recall/ports.ts';
import { bm25 } from '../../memory/recall/weights.ts';
import { scopeSql } from './scope-sql.ts';

/** Up to this many memories are scored whole, with frequencies of the scope itself. */
export const scoredWhole = 2_000;

/**
 * Entries of the inverted index that one search reads, rarest terms first; a narrowed scope keeps only some of
 * them, so it reads more. 3,000 share 95 % of their top ten with a full scan (docs/recall.md).
 */
const postingsBudget = { tenant: 3_000, narrowed: 12_000 };
/** The most recently stored memories are candidates too: what was just said is often meant. */
const recentShare = 0.2;

export const tenant = 'strata.current_tenant()';
export const whole = '(select whole from plan)';
/** Whether the query's vector has the dimension of its space, so that the two may be compared. */
export const fits = '(select fits from space)';
export const sampled = '(select whole or not counted from plan)';

export const columns = `m.id, m.author, m.previous_id, m.episode, m.lexemes, m.lexeme_count, m.words,
    m.importance, m.occurred_at`;

/** BM25 summed over terms, from expressions for the inverse frequency, the frequency and the two lengths. */
export const bm25Sql = (inverse: string, frequency: string, length: string, average: string) =>
  `sum(${inverse} * ${frequency} * ${bm25.k1 + 1} / (${frequency}
      + ${bm25.k1} * (${1 - bm25.b} + ${bm25.b} * ${length} / nullif(${average}, 0))))`;

/** The expressions that a query puts into the statement; every value of it is a bound parameter. */
export interface RecallParts {
  readonly params: unknown[];
  readonly narrowed: boolean;
  /** A scope of more memories than this is searched through candidates. */
  readonly scoredWhole: number;
  readonly inScope: string;
  readonly text: string;
  readonly vector: string;
  readonly space: string;
  readonly graphIds: string;
  readonly graphScores: string;
  readonly pool: string;
  readonly recent: string;
  readonly budget: string;
  /** One look-up by the key for each id, whatever the planner believes of the number of ids. */
  liveById(id: string): string;
  /** BM25 of a row's own text. */
  own(row: string): string;
}

export function recallParts(query: RecallQuery, wholeUpTo = scoredWhole): RecallParts {
  const params: unknown[] = [];
  const bind = (value: unknown, cast: string) => {
    params.push(value);
    return `$${params.length}::${cast}`;
  };
  const narrowed = Object.values(query.scope).some((value) => value !== undefined);
  const inScope = scopeSql(query.scope, params);
  const ids = query.graphHits.map((hit) => hit.id);
  const scores = query.graphHits.map((hit) => hit.score);
  return {
    params,
    narrowed,
    scoredWhole: wholeUpTo,
    inScope,
    text: bind(query.text ?? '', 'text'),
    vector: bind(query.vector ? JSON.stringify(query.vector.values) : null, 'halfvec'),
    space: bind(query.vector?.space ?? null, 'text'),
    graphIds: bind(ids, 'uuid[]'),
    graphScores: bind(scores, 'real[]'),
    pool: bind(query.poolSize, 'int'),
    recent: bind(Math.ceil(query.poolSize * recentShare), 'int'),
    budget: bind(narrowed ? postingsBudget.narrowed : postingsBudget.tenant, 'int'),
    liveById: (id) => `select ${columns} from strata.memories m where m.id = ${id} and ${inScope} limit 1`,
    own: (row) => `coalesce((
      select ${bm25Sql('w.own', 'cardinality(l.positions)', `${row}.lexeme_count`, 'c.length')}
      from unnest(${row}.lexemes) l
      join weights w on w.term = l.lexeme
      where ${row}.lexemes @@ (select query from any_term)
    ), 0)`,
  };
}
