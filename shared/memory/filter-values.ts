import * as z from 'zod';
import { timestamp } from '../contracts/fields.ts';
import type { Comparison, FieldName, FilterField } from '../contracts/memory/filter.ts';
import { AppError } from '../kernel/app-error.ts';

export type FieldKind = 'text' | 'uuid' | 'number' | 'time' | 'texts' | 'json';
export type Scalar = string | number | boolean;

const kinds: Record<FilterField, FieldKind> = {
  id: 'uuid',
  externalId: 'text',
  type: 'text',
  tier: 'text',
  agentId: 'text',
  serviceId: 'text',
  userId: 'text',
  conversationId: 'text',
  sessionId: 'text',
  role: 'text',
  domain: 'text',
  tags: 'texts',
  importance: 'number',
  accessCount: 'number',
  version: 'number',
  createdAt: 'time',
  updatedAt: 'time',
  occurredAt: 'time',
  validFrom: 'time',
  validTo: 'time',
  expiresAt: 'time',
  content: 'json',
  summary: 'text',
};

const refusal = (field: string, expected: string) =>
  new AppError('invalid_filter', `The filter on ${field} needs ${expected}.`);

/** A point in time, or a day for its first moment. */
const moment = timestamp.or(z.iso.date().transform((day) => `${day}T00:00:00.000Z`));
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function checkedValue(field: FieldName, kind: FieldKind, value: Scalar): Scalar {
  switch (kind) {
    case 'number':
      if (typeof value !== 'number') throw refusal(field, 'a number');
      // 0 to 10 on the wire and 0 to 1 in the store, which keeps it in single precision
      return field === 'importance' ? Math.fround(value / 10) : value;
    case 'time': {
      const parsed = moment.safeParse(value);
      if (!parsed.success) throw refusal(field, 'a timestamp such as 2026-01-31T00:00:00Z');
      return parsed.data;
    }
    case 'uuid':
      if (typeof value !== 'string' || !uuid.test(value)) throw refusal(field, 'a UUID');
      return value.toLowerCase();
    case 'json':
      return value;
    default:
      if (typeof value !== 'string') throw refusal(field, 'text');
      return value;
  }
}

/** A comparison whose operator and values suit its field; `values` has one entry but for `in`, `nin`, `exists`. */
export interface CheckedComparison {
  kind: FieldKind;
  values: Scalar[];
}

/** @throws AppError `invalid_filter` for a value or an operator that the field does not take. */
export function checkComparison(node: Comparison): CheckedComparison {
  const kind = node.field.startsWith('metadata.') ? 'json' : kinds[node.field as FilterField];
  if (node.op === 'exists') return { kind, values: [] };
  if (node.op === 'contains') {
    if (kind === 'number' || kind === 'time' || kind === 'uuid') {
      throw refusal(node.field, 'another operator than contains');
    }
    if (typeof node.value !== 'string') throw refusal(node.field, 'text');
  }
  const ordering = node.op === 'gt' || node.op === 'gte' || node.op === 'lt' || node.op === 'lte';
  if (ordering && kind === 'texts') throw refusal(node.field, 'eq, ne, in, nin, contains or exists');
  const values = Array.isArray(node.value) ? node.value : [node.value];
  return { kind, values: values.map((value) => checkedValue(node.field, kind, value)) };
}
