import { expect, it } from 'vitest';
import type * as z from 'zod';
import { issuesOf } from '../../../shared/contracts/issues.ts';
import { queryBody } from '../../../shared/contracts/memory/recall.ts';
import { storeBody } from '../../../shared/contracts/memory/store.ts';

/** What a caller is told: the first place, and a sentence from which he sees what to send instead. */
const told = (schema: z.ZodType, body: unknown) => issuesOf('body', schema.safeParse(body).error!);
const filter = (value: unknown) => told(queryBody, { filter: value });
const content = (more: object) => told(storeBody, { content: 'x', ...more });

it.each([
  [
    'an operator that there is not',
    { op: 'like', field: 'domain', value: 'x' },
    'op',
    /'and' \| 'or' \| 'not'$/,
  ],
  ['filters that are no list', { op: 'and', filters: {} }, 'filters', /expected array/],
  ['a filter that is missing', { op: 'not' }, 'filter', /expected object/],
  [
    'an unknown field',
    { op: 'eq', field: 'colour', value: 1 },
    'field',
    /such as agentId, or metadata\.<key>/,
  ],
  ['a reserved key', { op: 'eq', field: 'metadata.__proto__', value: 1 }, 'field', /reserved/],
])('a filter with %s', (_, given, place, message) => {
  expect(filter(given)).toEqual([{ path: `body.filter.${place}`, message: expect.stringMatching(message) }]);
});

it.each([
  [
    'a time without offset',
    { occurredAt: '2026-01-31T08:30:00' },
    'occurredAt',
    /such as 2026-01-31T08:30:00Z/,
  ],
  ['a day that there is not', { occurredAt: '2026-02-30T00:00:00Z' }, 'occurredAt', /real date/],
  ['an empty object', { content: {} }, 'content', /at least one key/],
  ['no content', { content: undefined }, 'content', /expected string/],
])('a memory with %s', (_, given, place, message) => {
  expect(content(given)).toEqual([{ path: `body.${place}`, message: expect.stringMatching(message) }]);
});
