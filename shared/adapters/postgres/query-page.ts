import type { Sort } from '../../contracts/memory/filter.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Memory } from '../../memory/model.ts';
import type { MemoryQuery, PagePosition } from '../../memory/ports.ts';
import type { Database } from './database.ts';
import { accessJoin, type MemoryRow, memoryColumns, memoryFromRow } from './memory-row.ts';
import { scopeSql } from './scope-sql.ts';

const sortColumns: Record<Sort[number]['field'], { sql: string; cast: string }> = {
  createdAt: { sql: 'm.created_at', cast: 'timestamptz' },
  updatedAt: { sql: 'm.updated_at', cast: 'timestamptz' },
  occurredAt: { sql: 'm.occurred_at', cast: 'timestamptz' },
  importance: { sql: 'm.importance', cast: 'real' },
  accessCount: { sql: 'coalesce(a.access_count, 0)', cast: 'bigint' },
};

interface Key {
  sql: string;
  cast: string;
  order: 'asc' | 'desc';
}

/**
 * Rows behind a position, key by key: (a > x) or (a = x and b > y) …, because the keys may run in different
 * directions, which a comparison of whole rows cannot say.
 */
function behind(keys: Key[], position: PagePosition, params: unknown[]): string {
  const values = keys.map((key, index) => {
    params.push(String(position[index]));
    return `$${params.length}::text::${key.cast}`;
  });
  const steps = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((earlier, at) => `${earlier.sql} = ${values[at]}`);
    return `(${[...equal, `${key.sql} ${key.order === 'asc' ? '>' : '<'} ${values[index]}`].join(' and ')})`;
  });
  return `(${steps.join(' or ')})`;
}

/** One page of a query, by position rather than offset: rows that come and go meanwhile shift nothing. */
export async function pageOf(
  db: Database,
  tenantId: string,
  query: MemoryQuery,
): Promise<{ memories: Memory[]; next?: PagePosition }> {
  const keys: Key[] = query.sort.map(({ field, order }) => ({ ...sortColumns[field], order }));
  keys.push({ sql: 'm.id', cast: 'uuid', order: keys.at(-1)?.order ?? 'desc' });
  if (query.after && query.after.length !== keys.length) {
    throw new AppError(
      'invalid_cursor',
      'The cursor belongs to a query with another sort; start again without it.',
    );
  }
  const params: unknown[] = [];
  const conditions = [scopeSql(query.scope, params, 'm', { includeDeleted: query.includeDeleted })];
  if (query.after) conditions.push(behind(keys, query.after, params));
  params.push(query.limit + 1);
  const rows = await db.query<MemoryRow & { position: PagePosition }>(
    tenantId,
    `select ${memoryColumns}, jsonb_build_array(${keys.map((key) => `${key.sql}::text`).join(', ')}) as position
     from strata.memories m ${accessJoin}
     where ${conditions.join(' and ')}
     order by ${keys.map((key) => `${key.sql} ${key.order}`).join(', ')}
     limit $${params.length}`,
    params,
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    memories: page.map(memoryFromRow),
    ...(rows.length > query.limit && last && { next: last.position }),
  };
}
