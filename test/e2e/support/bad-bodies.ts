import type { ErrorCode } from '../../../shared/contracts/errors.ts';

/** What is sent, and the code that it is refused with. */
export type BadBody = readonly [name: string, body: string, code: ErrorCode];
const nested = (levels: number, inner: string) =>
  `${'{"op":"not","filter":'.repeat(levels)}${inner}${'}'.repeat(levels)}`;
const leaf = '{"op":"eq","field":"domain","value":"x"}';
const keys = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":1`).join(',')}}`;
const content = (rest: string) => `{"content":"x",${rest}}`;
const bad = (name: string, rest: string, code: ErrorCode = 'validation_failed'): BadBody => [
  name,
  content(rest),
  code,
];

/** Bodies of `POST /api/memory`. */
export const badMemories: readonly BadBody[] = [
  ['NUL in text', '{"content":"a\\u0000b"}', 'validation_failed'],
  ['a lone surrogate', '{"content":"\\ud800"}', 'malformed_json'],
  ['blank content', '{"content":"  "}', 'validation_failed'],
  ['empty content', '{"content":{}}', 'validation_failed'],
  ['content of a number', '{"content":7}', 'validation_failed'],
  ['content over 64 KB', `{"content":"${'x'.repeat(65_537)}"}`, 'validation_failed'],
  ['a body over 1 MB', `{"content":"${'x'.repeat(1_048_577)}"}`, 'payload_too_large'],
  ['a key of 1 MB', `{"content":"x","metadata":{"${'k'.repeat(1_000_000)}":1}}`, 'validation_failed'],
  ['a key twice', '{"content":"x","content":"y"}', 'malformed_json'],
  bad('an empty key', '"metadata":{"":1}'),
  bad('10,000 keys', `"metadata":${keys(10_000)}`),
  bad('metadata over 16 KB', `"metadata":{"a":"${'x'.repeat(16_384)}"}`),
  bad('__proto__', '"metadata":{"__proto__":{"admin":true}}'),
  bad('constructor', '"metadata":{"constructor":{"prototype":1}}'),
  bad('1,000 levels', `"metadata":{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`),
  bad('an unknown field', '"colour":"red"'),
  bad('a tenant', '"tenant_id":"globex"'),
  bad('{"$gt":""}', '"agentId":{"$gt":""}'),
  bad('$where', '"$where":"1"'),
  bad('NaN in a vector', '"embedding":[NaN]', 'malformed_json'),
  bad('null in a vector', '"embedding":[1,null]'),
  bad('1e39 in a vector', '"embedding":[1e39]'),
  bad('1e999 in a vector', '"embedding":[1e999]', 'malformed_json'),
  bad('a vector of another dimension', '"embedding":[1,2,3]', 'dimension_mismatch'),
  bad('a vector of zeros', `"embedding":[${Array(1_536).fill(0)}]`),
  bad('a vector that rounds to zeros', `"embedding":[${Array(1_536).fill(1e-12)}]`),
  bad('a vector of 4,001', `"embedding":[${Array(4_001).fill(1)}]`),
  bad('an empty vector', '"embedding":[]'),
  bad('both names of the vector', '"embedding":[1],"embeddings":[1]'),
  bad('importance −1', '"importance":-1'),
  bad('importance 11', '"importance":11'),
  bad('importance "5"', '"importance":"5"'),
  bad('importance in the metadata', '"metadata":{"importance":11}'),
  bad('ttl beyond a bigint', '"ttlSeconds":9223372036854775808'),
  bad('ttl 0', '"ttlSeconds":0'),
  bad('timestamp infinity', '"occurredAt":"infinity"'),
  bad('timestamp 2024-02-30', '"occurredAt":"2024-02-30T00:00:00Z"'),
  bad('timestamp of the year 0', '"occurredAt":"0000-01-01T00:00:00Z"'),
  bad('timestamp of the year 10000', '"occurredAt":"+010000-01-01T00:00:00Z"'),
  bad('timestamp without zone', '"occurredAt":"2024-02-03T00:00:00"'),
  bad('timestamp infinity in the metadata', '"metadata":{"timestamp":"-infinity"}'),
  bad('an end before the beginning', '"validFrom":"2024-01-02T00:00:00Z","validTo":"2024-01-01T00:00:00Z"'),
  bad('an unknown type', '"memoryType":"wishful"'),
  bad('a name of 257 characters', `"agentId":"${'x'.repeat(257)}"`),
  bad('a name with a newline', '"agentId":"a\\nb"'),
  bad('an empty name', '"externalId":""'),
  bad('a tag of 129 characters', `"tags":["${'x'.repeat(129)}"]`),
  bad('65 tags', `"tags":[${Array(65).fill('"t"')}]`),
  bad('257 entities', `"entities":[${Array(257).fill('{"type":"person","value":"x"}')}]`),
  bad('257 relationships', `"relationships":[${Array(257).fill('{"target":"x"}')}]`),
  bad(
    'a relationship of an unknown type',
    '"relationships":[{"target":"x","type":"`}) DETACH DELETE n //"}]',
  ),
];

const search = (rest: string): string => `{"query":"x",${rest}}`;
const comparison = (field: string, value: string, op = 'eq') =>
  `"filter":{"op":"${op}","field":"${field}","value":${value}}`;

/** Bodies of the operations that search. */
export const badSearches: readonly BadBody[] = [
  ['no query at all', '{}', 'validation_failed'],
  ['an empty query', '{"query":" "}', 'validation_failed'],
  ['a query of 8,193 characters', `{"query":"${'x'.repeat(8_193)}"}`, 'validation_failed'],
  ['limit 1e20', search('"limit":1e20'), 'validation_failed'],
  ['limit 0', search('"limit":0'), 'validation_failed'],
  ['limit 201', search('"limit":201'), 'validation_failed'],
  ['limit 1.5', search('"limit":1.5'), 'validation_failed'],
  ['offset −1', search('"offset":-1'), 'validation_failed'],
  ['threshold 2', search('"threshold":2'), 'validation_failed'],
  [
    'weights of nothing',
    search('"weights":{"similarity":0,"importance":0,"recency":0}'),
    'validation_failed',
  ],
  ['asOf infinity', search('"asOf":"infinity"'), 'validation_failed'],
  ['a vector of zeros', '{"embedding":[0,0]}', 'validation_failed'],
  ['a vector of another dimension', '{"embedding":[1,2]}', 'dimension_mismatch'],
  ['a filter 1,000 deep', search(`"filter":${nested(1_000, leaf)}`), 'validation_failed'],
  ['a filter 6 deep', search(`"filter":${nested(5, leaf)}`), 'validation_failed'],
  [
    'a filter of 65 nodes',
    search(`"filter":{"op":"and","filters":[${Array(64).fill(leaf)}]}`),
    'validation_failed',
  ],
  ['an unknown operator', search(comparison('domain', '"x"', 'regex')), 'validation_failed'],
  ['an unknown field', search(comparison('tenant_id', '"x"')), 'validation_failed'],
  ['SQL for a field', search(comparison("domain' or 1=1 --", '"x"')), 'validation_failed'],
  ['a prototype for a field', search(comparison('metadata.__proto__', '"x"')), 'validation_failed'],
  ['{"$gt":""} for a value', search(comparison('domain', '{"$gt":""}')), 'validation_failed'],
  ['$where for a filter', search('"filter":{"$where":"sleep(1000)"}'), 'validation_failed'],
  ['201 values', search(comparison('domain', `[${Array(201).fill('"x"')}]`, 'in')), 'validation_failed'],
  ['a text for a number', search(comparison('importance', '"x"')), 'invalid_filter'],
  ['infinity for a time', search(comparison('createdAt', '"infinity"', 'lt')), 'invalid_filter'],
  [
    '30 February for a time',
    search(comparison('createdAt', '"2024-02-30T00:00:00Z"', 'lt')),
    'invalid_filter',
  ],
  [
    'the year 0 for a time',
    search(comparison('createdAt', '"0000-01-01T00:00:00Z"', 'lt')),
    'invalid_filter',
  ],
  ['no UUID for an id', search(comparison('id', '"x"')), 'invalid_filter'],
];
