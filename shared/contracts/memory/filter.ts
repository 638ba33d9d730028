import * as z from 'zod';
import { limits } from '../limits.ts';

/** Fields that a filter, a sort or an aggregation may name; each is a column, never a path into SQL. */
export const filterFields = [
  'id',
  'externalId',
  'type',
  'tier',
  'agentId',
  'serviceId',
  'userId',
  'conversationId',
  'sessionId',
  'role',
  'domain',
  'tags',
  'importance',
  'accessCount',
  'version',
  'createdAt',
  'updatedAt',
  'occurredAt',
  'validFrom',
  'validTo',
  'expiresAt',
  'content',
  'summary',
] as const;
export type FilterField = (typeof filterFields)[number];

/** A column, or `metadata.<key>` for one top-level key of the metadata. */
export type FieldName = FilterField | `metadata.${string}`;

const scalar = z.union([z.string().max(limits.queryLength), z.number(), z.boolean()]);
const fieldName = z.union([
  z.enum(filterFields, { error: 'must be a field of a memory as in /openapi.json, such as agentId' }),
  z
    .templateLiteral(['metadata.', z.string().min(1).max(limits.nameLength)], {
      error: `metadata.<key> with a key of 1 to ${limits.nameLength} characters`,
    })
    .refine(
      (field) => !['metadata.__proto__', 'metadata.constructor', 'metadata.prototype'].includes(field),
      {
        error: 'names a key that is reserved',
      },
    ),
]) as z.ZodType<FieldName>;

const comparison = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.enum(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains']),
    field: fieldName,
    value: scalar,
  }),
  z.strictObject({ op: z.enum(['in', 'nin']), field: fieldName, value: z.array(scalar).min(1).max(200) }),
  z.strictObject({ op: z.literal('exists'), field: fieldName, value: z.boolean().default(true) }),
]);

export type Comparison = z.output<typeof comparison>;
export type Filter = Comparison | { op: 'and' | 'or'; filters: Filter[] } | { op: 'not'; filter: Filter };

const filterNode: z.ZodType<Filter> = z.lazy(() =>
  // one union for all of them, so that a wrong `op` is told of every right one
  z.discriminatedUnion('op', [
    comparison,
    z.strictObject({
      op: z.enum(['and', 'or']),
      filters: z.array(filterNode).min(1).max(limits.filterNodes),
    }),
    z.strictObject({ op: z.literal('not'), filter: filterNode }),
  ]),
);

function measure(filter: Filter): { depth: number; nodes: number } {
  const children = 'filters' in filter ? filter.filters : 'filter' in filter ? [filter.filter] : [];
  const inner = children.map(measure);
  return {
    depth: 1 + Math.max(0, ...inner.map((child) => child.depth)),
    nodes: 1 + inner.reduce((sum, child) => sum + child.nodes, 0),
  };
}

/** A filter tree: comparisons joined by and, or, not. Bounded, so that it compiles to bounded SQL. */
export const filter = filterNode.refine(
  (tree) => {
    const { depth, nodes } = measure(tree);
    return depth <= limits.filterDepth && nodes <= limits.filterNodes;
  },
  { error: `a filter has at most ${limits.filterDepth} levels and ${limits.filterNodes} nodes` },
);

export const sort = z
  .array(
    z.strictObject({
      field: z.enum(['createdAt', 'updatedAt', 'occurredAt', 'importance', 'accessCount']),
      order: z.enum(['asc', 'desc']).default('desc'),
    }),
  )
  .max(3);
export type Sort = z.output<typeof sort>;
