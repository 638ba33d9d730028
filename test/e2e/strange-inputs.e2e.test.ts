import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { describeLocal, openTarget, type Target, unique } from './support/target.ts';

/** What looks dangerous and is only text: it must come back as it was given, and do nothing else. */
let target: Target;
let api: Http;
const domain = unique('strange');

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
});
afterAll(() => target.close());

const texts = [
  "'; drop table strata.memories; --",
  "Robert'); delete from strata.memory_sync where ('1'='1",
  '$$; select pg_sleep(10); $$',
  '`}) DETACH DELETE n //',
  '\\u0060}]->(n) DETACH DELETE n //',
  '{{constructor.constructor("return process")()}}',
  '%s %d %_ \\ \\\\ \u0024{jndi:ldap://x}',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  "& | ! ( ) <-> :* ''",
  '\u202eright to left\u202c \u200bzero width',
  'e\u0301 is not \u00e9',
  '\u{1f600} \u{10ffff}',
  '-0',
];

describe('text', () => {
  it.each(texts)('%j is stored, found, listed and related as it is', async (value) => {
    const printable = !/\p{C}/u.test(value);
    const item = {
      domain,
      content: value,
      tags: [value],
      metadata: { [`key ${value}`]: value },
      entities: [{ type: 'other', value }],
      ...(printable && { agentId: value, externalId: value, relationships: [{ target: `to ${value}` }] }),
    };
    const { id, memory } = expectStatus(await api.post('/api/memory', item), 201);
    expect(memory).toMatchObject({ content: value, tags: [value], metadata: item.metadata });
    if (printable) expect(memory).toMatchObject({ agentId: value, externalId: value });

    const filters = [
      { op: 'eq', field: 'content', value },
      { op: 'contains', field: 'tags', value },
      { op: 'eq', field: `metadata.key ${value}`, value },
    ];
    const listed = await api.post('/api/memory/query', { domain, filter: { op: 'and', filters } });
    expect(expectStatus(listed, 200).memories.map((found: Json) => found.id)).toEqual([id]);
    for (const path of ['/api/memory/search', '/api/memory/context']) {
      expectStatus(await api.post(path, { domain, query: value }), 200);
    }
    expectStatus(await api.get('/v1/memory/search', { query: { query: value } }), 200);
    expectStatus(
      await api.get('/api/memory/aggregations', { query: { domain: value.slice(0, 20) } }),
      printable ? 200 : 400,
    );
    if (printable) {
      const { body } = await api.post('/api/memory/relationships', { source: value, target: id });
      expect(body.relationship).toMatchObject({ source: id, targetId: id });
    }
    expectStatus(await api.get(`/api/memory/${id}/related`), 200);
    expectStatus(await api.delete(`/api/memory/${id}?hard=true`), 200);
  });

  it('the table is still there', async () => {
    const { total } = expectStatus(await api.get('/api/memory/aggregations', { query: { domain } }), 200);
    expect(total.count).toBe(0);
  });
});

describe('edges of what is allowed', () => {
  it.each([
    ['content of 64 KB', { content: 'x'.repeat(65_534) }],
    ['8 levels', { content: 'x', metadata: { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } } }],
    [
      '256 keys',
      { content: 'x', metadata: Object.fromEntries(Array.from({ length: 256 }, (_, n) => [`k${n}`, n])) },
    ],
    [
      'a vector of tiny and huge numbers',
      { content: 'x', embedding: Array.from({ length: 1_536 }, (_, n) => (n === 0 ? 65_504 : 1e-7)) },
    ],
    ['the first day', { content: 'x', occurredAt: '0001-01-01T00:00:00Z' }],
    ['the last second', { content: 'x', occurredAt: '9999-12-31T23:59:59.999Z' }],
    ['names with spaces at their ends', { content: 'x', agentId: ' planner ' }],
    ['numbers at the edge of a double', { content: { big: 1.7976931348623157e308, small: 5e-324 } }],
    ['stop words alone', { content: 'the of and to' }],
    ['no words at all', { content: '\u{1f600}\u{1f600}' }],
  ])('%s', async (_name, item) => {
    const { id } = expectStatus(await api.post('/api/memory', { domain, ...item }), 201);
    const { memory } = expectStatus(await api.get(`/api/memory/${id}`), 200);
    const { embedding, occurredAt, ...same } = item as Json;
    expect(memory).toMatchObject(same);
    if (occurredAt) expect(Date.parse(memory.occurredAt)).toBe(Date.parse(occurredAt));
    if (embedding) expectStatus(await api.post('/api/memory/search/similarity', { embedding }), 200);
    expectStatus(await api.get('/api/memory/aggregations?groupBy=month'), 200);
    expectStatus(await api.delete(`/api/memory/${id}?hard=true`), 200);
  });

  it.each(['the of and', '!!! (((', '\u{1f600}', '"', '-', 'a'.repeat(8_192)])(
    'the query %j is a query like any other',
    async (query) => {
      const { id } = (await api.post('/api/memory', { domain, content: 'The only one' })).body;
      const { results } = expectStatus(await api.post('/api/memory/search', { domain, query }), 200);
      for (const { memory, score } of results) {
        expect(memory.id).toBe(id);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }
      await api.delete(`/api/memory/${id}?hard=true`);
    },
  );
});

describeLocal('what no client library sends (needs a socket to the service)', () => {
  async function raw(request: string): Promise<string> {
    const { hostname, port } = new URL(target.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.end(request);
    return text(socket);
  }

  it.each([
    ['a newline in Idempotency-Key', 'POST /api/memory HTTP/1.1\r\nhost: x\r\nidempotency-key: a\nb\r\n\r\n'],
    [
      'two lengths',
      'POST /api/memory HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
    ],
    [
      'a length and chunks',
      'POST /api/memory HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}',
    ],
    ['a space in the path', 'GET /api/memory/a b HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['dot segments', 'GET /api/memory/../../x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['a path without slash', 'GET x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ])('%s is refused', async (_name, request) => {
    expect(await raw(request)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('11 MB is refused without being read to the end', async () => {
    const refused = await api.post('/api/memory', `{"content":"${'x'.repeat(11_000_000)}"}`);
    expectProblem(refused, 'payload_too_large');
  });
});
