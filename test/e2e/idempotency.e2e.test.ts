import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf } from '../../shared/contracts/openapi.ts';
import { operations } from '../../shared/contracts/operations.ts';
import type { Answer, Http, Json } from '../support/http.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { openTarget, type Target, unique } from './support/target.ts';

let target: Target;
let api: Http;
let other: Http;
const domain = unique('idempotency');

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
  other = await target.as('b');
});
afterAll(() => target.close());

const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
const count = async (who: Http = api): Promise<number> =>
  (await who.get('/api/memory/aggregations', { query: { domain } })).body.total.count;
const replayed = (answer: Answer) => answer.headers.get('idempotency-replayed');

describe('the same request under the same key', () => {
  it('is answered byte for byte as before, with one effect', async () => {
    const key = unique('store');
    const body = { domain, content: 'Stored once', importance: 4 };
    const first = await api.post('/api/memory', body, keyed(key));
    const second = await api.post('/api/memory', body, keyed(key));
    expectStatus(first, 201);
    expectStatus(second, 201);
    expect(replayed(first)).toBeNull();
    expect(replayed(second)).toBe('true');
    expect(second.text).toBe(first.text);
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(await count()).toBe(1);
  });

  it('is the same whatever the order of its fields and its white space', async () => {
    const key = unique('order');
    const first = await api.post(
      '/api/memory',
      `{"domain":"${domain}","content":"In any order"}`,
      keyed(key),
    );
    const second = await api.post(
      '/api/memory',
      `{ "content": "In any order",\n "domain": "${domain}" }`,
      keyed(key),
    );
    expect(expectStatus(second, 201).id).toBe(first.body.id);
    expect(replayed(second)).toBe('true');
  });

  it('is answered as it was, although the memory has moved on', async () => {
    const key = unique('update');
    const { id } = (await api.post('/api/memory', { domain, content: 'Version one' })).body;
    const first = await api.patch(`/api/memory/${id}`, { importance: 1 }, keyed(key));
    await api.patch(`/api/memory/${id}`, { importance: 2 });
    const second = await api.patch(`/api/memory/${id}`, { importance: 1 }, keyed(key));
    expect(second.text).toBe(first.text);
    expect((await api.get(`/api/memory/${id}`)).body.memory).toMatchObject({ version: 3, importance: 2 });
  });

  it('deletes, relates, stores batches and messages once', async () => {
    const { id } = (await api.post('/api/memory', { domain, content: 'To be deleted' })).body;
    const requests: [string, string, Json][] = [
      ['POST', '/api/memory/relationships', { source: id, target: unique('nobody') }],
      ['DELETE', `/api/memory/${id}`, undefined],
      [
        'POST',
        '/api/memory/batch',
        {
          items: [
            { domain, content: 'a' },
            { domain, content: '' },
          ],
        },
      ],
      ['POST', '/v1/messages', { conversation_id: unique('conv'), role: 'user', content: 'Hello' }],
      ['POST', '/memory/store', { entry: 'An entry', tier: 'semantic' }],
    ];
    for (const [method, path, body] of requests) {
      const sent = { ...keyed(unique('once')), ...(body !== undefined && { body }) };
      const first = await api.send(method, path, sent);
      const before = await count();
      const second = await api.send(method, path, sent);
      expect(first.status, first.text).toBeLessThan(300);
      expect([replayed(second), second.status, second.text]).toEqual(['true', first.status, first.text]);
      expect(await count()).toBe(before);
    }
  });

  const secret = 'A secret to be erased';
  it.each([
    ['storeMemory', { domain, content: secret }],
    ['ingestMessage', { conversation_id: 'c', role: 'user', content: secret }],
    ['storeEntry', { entry: secret }],
  ] as const)('%s does not bring back what was erased, and its contract says so', async (name, body) => {
    const key = unique('erased');
    const { path } = operations[name];
    const { id } = (await api.post(path, body, keyed(key))).body;
    await api.delete(`/api/memory/${id}?hard=true`);
    const again = await api.post(path, body, keyed(key));
    expectProblem(again, 'gone');
    expect(errorsOf(operations[name])).toContain('gone');
    expect(again.text).not.toContain('secret');
    expectProblem(await api.get(`/api/memory/${id}`), 'not_found');
  });

  it('may be sent again after a refusal', async () => {
    const key = unique('refused');
    const { id } = (await api.post('/api/memory', { domain, content: 'Conflicting' })).body;
    const sent = { headers: { 'idempotency-key': key, 'if-match': '"2"' } };
    expectProblem(await api.patch(`/api/memory/${id}`, { importance: 9 }, sent), 'version_conflict');
    await api.patch(`/api/memory/${id}`, { importance: 8 });
    expect(expectStatus(await api.patch(`/api/memory/${id}`, { importance: 9 }, sent), 200).version).toBe(3);
  });
});

describe('another request under the same key', () => {
  it.each([
    ['another body', 'POST', '/api/memory', { domain, content: 'Second' }],
    ['another operation', 'POST', '/memory/store', { entry: 'First' }],
  ])('is refused: %s', async (_name, method, path, body) => {
    const key = unique('reused');
    expectStatus(await api.post('/api/memory', { domain, content: 'First' }, keyed(key)), 201);
    const before = await count();
    expectProblem(await api.send(method, path, { ...keyed(key), body }), 'idempotency_key_reused');
    expect(await count()).toBe(before);
  });

  it('is nothing special when another tenant sends it', async () => {
    const key = unique('tenants');
    const mine = await api.post('/api/memory', { domain, content: 'Mine' }, keyed(key));
    const theirs = await other.post('/api/memory', { domain, content: 'Theirs' }, keyed(key));
    expect(expectStatus(theirs, 201).id).not.toBe(mine.body.id);
    expect(replayed(theirs)).toBeNull();
    expect(theirs.body.memory.content).toBe('Theirs');
  });
});

describe('ten requests at once under one key', () => {
  it('have one effect and one answer', async () => {
    const key = unique('parallel');
    const before = await count();
    const body = { domain, content: 'Ten at once', tags: ['a', 'b'] };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.post('/api/memory', body, keyed(key))),
    );
    for (const answer of answers) expectStatus(answer, 201);
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(await count()).toBe(before + 1);
    const { versions } = (await api.get(`/api/memory/${answers[0]!.body.id}/versions`)).body;
    expect(versions).toHaveLength(1);
  });
});

describe('a key', () => {
  it.each([
    ['empty', ''],
    ['of 256 characters', 'k'.repeat(256)],
    ['with a tab', 'a\tb'],
    ['beyond ASCII', 'caf\u00e9'],
  ])('%s is refused', async (_name, key) => {
    const before = await count();
    const refused = await api.post('/api/memory', { domain, content: 'Never stored' }, keyed(key));
    expectProblem(refused, 'invalid_idempotency_key');
    expect(await count()).toBe(before);
  });

  it('of 255 characters is taken', async () => {
    const key = unique('k').padEnd(255, 'k');
    expectStatus(await api.post('/api/memory', { domain, content: 'Long key' }, keyed(key)), 201);
  });
});
