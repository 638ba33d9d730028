import type { Comparison, FieldName, Filter, FilterField } from '../../contracts/memory/filter.ts';
import { checkComparison, type FieldKind } from '../../memory/filter-values.ts';
import type { MemoryScope } from '../../memory/ports.ts';

/** The column of each field that a filter may name; identifiers in SQL come from here alone. */
const columns: Record<FilterField, string> = {
  id: 'id',
  externalId: 'external_id',
  type: 'type',
  tier: 'tier',
  agentId: 'agent_id',
  serviceId: 'service_id',
  userId: 'user_id',
  conversationId: 'conversation_id',
  sessionId: 'session_id',
  role: 'role',
  domain: 'domain',
  tags: 'tags',
  importance: 'importance',
  accessCount: 'access_count',
  version: 'version',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  occurredAt: 'occurred_at',
  validFrom: 'valid_from',
  validTo: 'valid_to',
  expiresAt: 'expires_at',
  content: 'content',
  summary: 'summary',
};

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

const casts: Record<FieldKind, string> = {
  text: 'text',
  uuid: 'uuid',
  number: 'double precision',
  time: 'timestamptz',
  texts: 'text',
  json: 'jsonb',
};

/** Numbers the parameters of one statement as they are bound. */
type Bind = (value: unknown, cast: string) => string;
const binder =
  (params: unknown[]): Bind =>
  (value, cast) => {
    params.push(value);
    return `$${params.length}::${cast}`;
  };

function operand(field: FieldName, alias: string, bind: Bind): string {
  if (field.startsWith('metadata.')) {
    return `(${alias}.metadata -> ${bind(field.slice('metadata.'.length), 'text')})`;
  }
  const column = columns[field as FilterField];
  if (column !== 'access_count') return `${alias}.${column}`;
  return `coalesce((select a.access_count from strata.memory_access a where a.tenant_id = ${alias}.tenant_id and a.memory_id = ${alias}.id), 0)`;
}

// the same case folding whatever the database's own collation
const folded = (sql: string) => `lower((${sql}) collate pg_c_utf8)`;

function comparisonSql(node: Comparison, alias: string, bind: Bind): string {
  const { kind, values } = checkComparison(node);
  const sql = operand(node.field, alias, bind);
  // each value is bound once: the server cannot tell the type of a parameter that no text uses
  const bound = values.map((value) => {
    if (node.op === 'contains') return bind(value, 'text');
    return bind(kind === 'json' ? JSON.stringify(value) : value, casts[kind]);
  });
  const list = bound.join(', ');
  switch (node.op) {
    case 'exists':
      return kind === 'texts'
        ? `(cardinality(${sql}) > 0) = ${bind(node.value, 'boolean')}`
        : `(${sql} is not null) = ${bind(node.value, 'boolean')}`;
    case 'in':
    case 'nin': {
      const inside = kind === 'texts' ? `${sql} && array[${list}]` : `${sql} in (${list})`;
      return node.op === 'in' ? `(${inside})` : `(${inside}) is not true`;
    }
    case 'contains': {
      if (kind === 'texts') return `${list} = any (${sql})`;
      const text = kind === 'json' ? `${sql} #>> '{}'` : sql;
      // position() takes the value as it is: no pattern language, so % and _ stand for themselves
      return `position(${folded(list)} in ${folded(text)}) > 0`;
    }
    case 'eq':
      return kind === 'texts' ? `${list} = any (${sql})` : `${sql} = ${list}`;
    case 'ne':
      return kind === 'texts' ? `not ${list} = any (${sql})` : `${sql} is distinct from ${list}`;
    default: {
      // by code points, as the values are compared everywhere else
      if (kind === 'text') return `${sql} collate "C" ${operators[node.op]} ${list}`;
      const compared = `${sql} ${operators[node.op]} ${list}`;
      // jsonb orders values of different kinds too; a comparison is meant within one kind
      return kind === 'json' ? `(jsonb_typeof(${sql}) = jsonb_typeof(${list}) and ${compared})` : compared;
    }
  }
}

function filterSql(node: Filter, alias: string, bind: Bind): string {
  switch (node.op) {
    case 'and':
    case 'or':
      return `(${node.filters.map((child) => filterSql(child, alias, bind)).join(` ${node.op} `)})`;
    case 'not':
      // a comparison with null is unknown; what is not known to hold does not hold
      return `(${filterSql(node.filter, alias, bind)}) is not true`;
    default:
      return comparisonSql(node, alias, bind);
  }
}

/**
 * The condition that a scope puts on `strata.memories`, with its values pushed onto `params`. Deleted and expired
 * memories are outside of every scope; the tenant is enforced by row-level security and is in every index besides.
 */
export function scopeSql(
  scope: MemoryScope,
  params: unknown[],
  alias = 'm',
  options: { includeDeleted?: boolean } = {},
): string {
  const bind = binder(params);
  const equal: [unknown, string][] = [
    [scope.conversationId, 'conversation_id'],
    [scope.agentId, 'agent_id'],
    [scope.userId, 'user_id'],
    [scope.domain, 'domain'],
  ];
  const conditions = [
    `${alias}.tenant_id = strata.current_tenant()`,
    `(${alias}.expires_at is null or ${alias}.expires_at > now())`,
    ...equal
      .filter(([value]) => value !== undefined)
      .map(([value, column]) => `${alias}.${column} = ${bind(value, 'text')}`),
  ];
  if (!options.includeDeleted) conditions.push(`${alias}.deleted_at is null`);
  if (scope.memoryTypes) conditions.push(`${alias}.type = any (${bind(scope.memoryTypes, 'text[]')})`);
  if (scope.tiers) {
    // what is hot in the cache is warm in the store
    const kept = scope.tiers.map((tier) => (tier === 'hot' ? 'warm' : tier));
    conditions.push(`${alias}.tier = any (${bind(kept, 'text[]')})`);
  }
  if (scope.filter) conditions.push(filterSql(scope.filter, alias, bind));
  return conditions.join(' and ');
}
