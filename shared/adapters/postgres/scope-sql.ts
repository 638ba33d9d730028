import type { Comparison, FieldName, Filter, FilterField } from '../../contracts/memory/filter.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { MemoryScope } from '../../memory/ports.ts';

type ColumnKind = 'text' | 'uuid' | 'number' | 'time' | 'texts' | 'json';

/** The column of each field that a filter may name; identifiers in SQL come from here alone. */
const columns: Record<FilterField, { column: string; kind: ColumnKind }> = {
  id: { column: 'id', kind: 'uuid' },
  externalId: { column: 'external_id', kind: 'text' },
  type: { column: 'type', kind: 'text' },
  tier: { column: 'tier', kind: 'text' },
  agentId: { column: 'agent_id', kind: 'text' },
  serviceId: { column: 'service_id', kind: 'text' },
  userId: { column: 'user_id', kind: 'text' },
  conversationId: { column: 'conversation_id', kind: 'text' },
  sessionId: { column: 'session_id', kind: 'text' },
  role: { column: 'role', kind: 'text' },
  domain: { column: 'domain', kind: 'text' },
  tags: { column: 'tags', kind: 'texts' },
  importance: { column: 'importance', kind: 'number' },
  accessCount: { column: 'access_count', kind: 'number' },
  version: { column: 'version', kind: 'number' },
  createdAt: { column: 'created_at', kind: 'time' },
  updatedAt: { column: 'updated_at', kind: 'time' },
  occurredAt: { column: 'occurred_at', kind: 'time' },
  validFrom: { column: 'valid_from', kind: 'time' },
  validTo: { column: 'valid_to', kind: 'time' },
  expiresAt: { column: 'expires_at', kind: 'time' },
  content: { column: 'content', kind: 'json' },
  summary: { column: 'summary', kind: 'text' },
};

const operators = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

type Scalar = string | number | boolean;

const refuse = (field: string, expected: string): never => {
  throw new AppError('invalid_filter', `The filter on ${field} needs ${expected}.`);
};

/** Checks a value against the kind of its column; the database would answer the same mistake with a 22P02. */
function coerce(field: FieldName, kind: ColumnKind, value: Scalar): Scalar {
  switch (kind) {
    case 'number':
      if (typeof value !== 'number') return refuse(field, 'a number');
      // importance is 0 to 10 on the wire and 0 to 1 in the store
      return field === 'importance' ? value / 10 : value;
    case 'time':
      return typeof value === 'string' && /^\d{4}-/.test(value) && !Number.isNaN(Date.parse(value))
        ? new Date(value).toISOString()
        : refuse(field, 'a timestamp such as 2026-01-31T00:00:00Z');
    case 'uuid':
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
        ? value.toLowerCase()
        : refuse(field, 'a UUID');
    case 'json':
      return value;
    default:
      return typeof value === 'string' ? value : refuse(field, 'text');
  }
}

const casts: Record<ColumnKind, string> = {
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

function operand(field: FieldName, alias: string, bind: Bind): { sql: string; kind: ColumnKind } {
  if (field.startsWith('metadata.')) {
    return { sql: `(${alias}.metadata -> ${bind(field.slice('metadata.'.length), 'text')})`, kind: 'json' };
  }
  const { column, kind } = columns[field as FilterField];
  if (column === 'access_count') {
    return {
      sql: `coalesce((select a.access_count from strata.memory_access a where a.tenant_id = ${alias}.tenant_id and a.memory_id = ${alias}.id), 0)`,
      kind,
    };
  }
  return { sql: `${alias}.${column}`, kind };
}

function comparisonSql(node: Comparison, alias: string, bind: Bind): string {
  const { sql, kind } = operand(node.field, alias, bind);
  const bound = (value: Scalar): string => {
    const coerced = coerce(node.field, kind, value);
    return bind(kind === 'json' ? JSON.stringify(coerced) : coerced, casts[kind]);
  };
  switch (node.op) {
    case 'exists':
      return kind === 'texts'
        ? `(cardinality(${sql}) > 0) = ${bind(node.value, 'boolean')}`
        : `(${sql} is not null) = ${bind(node.value, 'boolean')}`;
    case 'in':
    case 'nin': {
      const list = `(${node.value.map(bound).join(', ')})`;
      const inside = kind === 'texts' ? `${sql} && array[${list.slice(1, -1)}]` : `${sql} in ${list}`;
      return node.op === 'in' ? `(${inside})` : `(${inside}) is not true`;
    }
    case 'contains':
      if (kind === 'texts') return `${bound(node.value)} = any (${sql})`;
      // position() takes the value as it is: no pattern language, so % and _ stand for themselves
      if (kind === 'text' || kind === 'json') {
        if (typeof node.value !== 'string') return refuse(node.field, 'text');
        return `position(lower(${bind(node.value, 'text')}) in lower((${sql})::text)) > 0`;
      }
      return refuse(node.field, 'another operator than contains');
    case 'eq':
      return kind === 'texts' ? `${bound(node.value)} = any (${sql})` : `${sql} = ${bound(node.value)}`;
    case 'ne':
      return kind === 'texts'
        ? `not ${bound(node.value)} = any (${sql})`
        : `${sql} is distinct from ${bound(node.value)}`;
    default:
      if (kind === 'texts') return refuse(node.field, 'eq, ne, in, nin, contains or exists');
      if (kind === 'json') {
        // jsonb orders values of different kinds too; a comparison is meant within one kind
        const value = bound(node.value);
        return `(jsonb_typeof(${sql}) = jsonb_typeof(${value}) and ${sql} ${operators[node.op]} ${value})`;
      }
      return `${sql} ${operators[node.op]} ${bound(node.value)}`;
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
