import type { Comparison, Filter } from '../../../contracts/memory/filter.ts';
import type { Tier } from '../../../contracts/memory/model.ts';
import type { JsonValue } from '../../../kernel/json.ts';
import { checkComparison, type FieldKind, type Scalar } from '../../../memory/filter-values.ts';
import type { Memory } from '../../../memory/model.ts';
import type { MemoryScope } from '../../../memory/ports.ts';

export type Predicate = (memory: Memory) => boolean;

/** By code points, which is the order of their UTF-8; JavaScript's own is that of UTF-16. */
export const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const compare = (a: Scalar, b: Scalar): number =>
  typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(a) - Number(b);

function fieldValue(memory: Memory, field: string): JsonValue | undefined {
  const { metadata } = memory;
  if (field.startsWith('metadata.')) {
    const key = field.slice('metadata.'.length);
    return Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  }
  const value = memory[field as keyof Memory] as JsonValue | undefined;
  return field === 'importance' ? Math.fround(value as number) : value;
}

const isScalar = (value: JsonValue | undefined): value is Scalar =>
  value !== undefined && value !== null && typeof value !== 'object';

function contains(value: JsonValue | undefined, kind: FieldKind, wanted: string): boolean {
  if (value === undefined) return false;
  if (kind === 'texts') return (value as string[]).includes(wanted);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.toLowerCase().includes(wanted.toLowerCase());
}

const orderings = {
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
};

function comparison(node: Comparison): Predicate {
  const { kind, values } = checkComparison(node);
  const oneOf = (value: JsonValue | undefined): boolean =>
    kind === 'texts'
      ? values.some((wanted) => (value as string[]).includes(wanted as string))
      : values.some((wanted) => value === wanted);
  const of = (memory: Memory) => fieldValue(memory, node.field);
  switch (node.op) {
    case 'eq':
    case 'in':
      return (memory) => oneOf(of(memory));
    case 'ne':
    case 'nin':
      return (memory) => !oneOf(of(memory));
    case 'exists':
      return (memory) => {
        const value = of(memory);
        return (kind === 'texts' ? (value as string[]).length > 0 : value !== undefined) === node.value;
      };
    case 'contains':
      return (memory) => contains(of(memory), kind, String(node.value));
    default: {
      const holds = orderings[node.op];
      const [wanted] = values;
      return (memory) => {
        const value = of(memory);
        if (!isScalar(value) || wanted === undefined || typeof value !== typeof wanted) return false;
        return holds(compare(value, wanted));
      };
    }
  }
}

/**
 * A filter as a predicate. What SQL calls unknown is false here: `not` is defined as "does not hold", so the two
 * never differ.
 */
export function filterPredicate(filter: Filter): Predicate {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const parts = filter.filters.map(filterPredicate);
      return filter.op === 'and'
        ? (memory) => parts.every((part) => part(memory))
        : (memory) => parts.some((part) => part(memory));
    }
    case 'not': {
      const inner = filterPredicate(filter.filter);
      return (memory) => !inner(memory);
    }
    default:
      return comparison(filter);
  }
}

/** Whether a memory is in a scope, but for being deleted or expired. */
export function scopePredicate({ filter, memoryTypes, tiers, ...equal }: MemoryScope): Predicate {
  const matches = filter ? filterPredicate(filter) : () => true;
  const fields = Object.entries(equal).filter(([, value]) => value !== undefined);
  // what is hot in the cache is warm in the store
  const kept: Tier[] | undefined = tiers?.map((tier) => (tier === 'hot' ? 'warm' : tier));
  return (memory) =>
    fields.every(([field, value]) => memory[field as keyof Memory] === value) &&
    (memoryTypes?.includes(memory.type) ?? true) &&
    (kept?.includes(memory.tier) ?? true) &&
    matches(memory);
}
