import { describe, expect, it } from 'vitest';
import { limits } from '../../../shared/contracts/limits.ts';
import { event, things } from './support.ts';

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`;
const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');

const bodies: [name: string, body: string, status: number, code: string][] = [
  ['an empty body', '', 400, 'validation_failed'],
  ['null', 'null', 400, 'validation_failed'],
  ['a list', '[]', 400, 'validation_failed'],
  ['a number', '7', 400, 'validation_failed'],
  ['white space', '  ', 400, 'malformed_json'],
  ['half an object', '{"content":"a"', 400, 'malformed_json'],
  ['a comma too many', '{"content":"a",}', 400, 'malformed_json'],
  ['two values', '{}{}', 400, 'malformed_json'],
  ['a comment', '{/**/}', 400, 'malformed_json'],
  ['NaN', '{"importance":NaN}', 400, 'malformed_json'],
  ['a number beyond a double', '{"importance":1e999}', 400, 'malformed_json'],
  ['a long number beyond a double', `{"importance":${'9'.repeat(400)}}`, 400, 'malformed_json'],
  ['a NUL escape', '{"content":"a\\u0000b"}', 400, 'validation_failed'],
  ['a NUL escape in a key', '{"metadata":{"a\\u0000":1}}', 400, 'validation_failed'],
  ['a raw NUL', '{"content":"a\0b"}', 400, 'validation_failed'],
  ['half a surrogate pair, escaped', '{"content":"\\ud800"}', 400, 'malformed_json'],
  ['half a surrogate pair, raw', '{"content":"\ud800"}', 400, 'malformed_json'],
  ['surrogates in the wrong order', '{"content":"\\udc00\\ud800"}', 400, 'malformed_json'],
  ['a key twice', '{"importance":1,"importance":2}', 400, 'malformed_json'],
  ['a key twice, once escaped', '{"importance":1,"imp\\u006frtance":2}', 400, 'malformed_json'],
  ['an empty key', '{"metadata":{"":1}}', 400, 'validation_failed'],
  ['__proto__', '{"metadata":{"__proto__":{"admin":true}}}', 400, 'validation_failed'],
  ['__proto__, escaped', '{"metadata":{"\\u005f_proto__":1}}', 400, 'validation_failed'],
  ['constructor', '{"metadata":{"constructor":1}}', 400, 'validation_failed'],
  ['prototype', '{"metadata":{"prototype":1}}', 400, 'validation_failed'],
  ['5,000 levels', `{"items":${nested(5_000)}}`, 400, 'validation_failed'],
  ['5,000 open brackets', '['.repeat(5_000), 400, 'validation_failed'],
  ['one level too many', `{"items":${nested(11)}}`, 400, 'validation_failed'],
  ['10,000 keys', `{"metadata":${keys(10_000)}}`, 400, 'validation_failed'],
  ['one key too many', `{"metadata":${keys(257)}}`, 400, 'validation_failed'],
  ['a key of 900 KB', `{"metadata":{"${'k'.repeat(900_000)}":1}}`, 400, 'validation_failed'],
  ['a body of 2 MB', `{"content":"${'a'.repeat(2_000_000)}"}`, 413, 'payload_too_large'],
  ['content over its limit', `{"content":"${'é'.repeat(40_000)}"}`, 400, 'validation_failed'],
  ['an unknown field', '{"colour":"red"}', 400, 'validation_failed'],
  ['an operator of another database', '{"content":{},"$where":"1"}', 400, 'validation_failed'],
  ['importance −1', '{"importance":-1}', 400, 'validation_failed'],
  ['importance 11', '{"importance":11}', 400, 'validation_failed'],
  ['importance "5"', '{"importance":"5"}', 400, 'validation_failed'],
  ['an operator for a value', '{"importance":{"$gt":""}}', 400, 'validation_failed'],
  ['a vector of zeros', '{"embedding":[0,0,0]}', 400, 'validation_failed'],
  ['a vector with 1e39', '{"embedding":[1e39]}', 400, 'validation_failed'],
  ['a vector with null', '{"embedding":[1,null]}', 400, 'validation_failed'],
  ['a vector of 4,001', `{"embedding":[${'1,'.repeat(4_000)}1]}`, 400, 'validation_failed'],
];

describe('a body that is not accepted', () => {
  it.each(bodies)('%s', async (_name, body, status, code) => {
    const { send, calls } = things();
    const reply = await send(event('POST', '/things', { body }));
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(reply.body.detail).toMatch(/^[^\n]{10,400}\.$/);
    expect(calls()).toBe(0);
  });

  it.each([
    ['overlong UTF-8', base64(0x22, 0xc0, 0x80, 0x22)],
    ['Latin-1', base64(0x22, 0xe9, 0x22)],
    ['a surrogate in UTF-8', base64(0x22, 0xed, 0xa0, 0x80, 0x22)],
    ['a byte order mark', base64(0xef, 0xbb, 0xbf, 0x7b, 0x7d)],
  ])('base64 of %s', async (_name, body) => {
    const reply = await things().send(event('POST', '/things', { body, base64: true }));
    expect([reply.status, reply.body.code]).toEqual([400, 'malformed_json']);
  });

  it('counts the bytes behind base64, not its letters', async () => {
    const text = `{"content":"${'a'.repeat(limits.bodyBytes)}"}`;
    const body = Buffer.from(text).toString('base64');
    const reply = await things().send(event('POST', '/things', { body, base64: true }));
    expect(reply.body).toMatchObject({
      code: 'payload_too_large',
      details: { limit: limits.bodyBytes, size: text.length },
    });
  });

  it.each(['text/plain', 'application/jsonp', 'application/json; charset=latin1', ''])(
    'content type %j',
    async (type) => {
      const reply = await things().send(
        event('POST', '/things', { body: '{}', headers: { 'content-type': type } }),
      );
      expect([reply.status, reply.body.code]).toEqual([415, 'unsupported_media_type']);
    },
  );

  it('a compressed body, said before its bytes seem to be no UTF-8', async () => {
    const request = event('POST', '/things', {
      body: base64(0x1f, 0x8b, 0x08, 0xff),
      headers: { 'content-encoding': 'gzip' },
    });
    const reply = await things().send({ ...request, isBase64Encoded: true });
    expect([reply.status, reply.body.code]).toEqual([415, 'unsupported_media_type']);
    expect(reply.body.detail).toContain('without Content-Encoding');
  });
});

describe('a body that is accepted', () => {
  it.each([
    ['a vector of 4,000', `{"embedding":[${'-0.25,'.repeat(3_999)}1]}`],
    ['256 keys', `{"metadata":${keys(256)}}`],
    [
      'content of 8 levels in the deepest envelope',
      `{"items":[{"content":${'{"a":'.repeat(7)}{}${'}'.repeat(7)}}]}`,
    ],
    ['a surrogate pair, escaped', '{"content":"\\ud83d\\ude00"}'],
    ['SQL and Cypher as text', `{"content":"'; drop table x; $$ \`}) DETACH DELETE n //"}`],
  ])('%s', async (_name, body) => {
    expect((await things().send(event('POST', '/things', { body }))).status).toBe(201);
  });

  it.each(['application/json', 'Application/JSON; charset="UTF-8"', 'application/vnd.strata.v1+json'])(
    'content type %s',
    async (type) => {
      const request = event('POST', '/things', { body: '{}', headers: { 'Content-Type': type } });
      delete request.headers['content-type'];
      expect((await things().send(request)).status).toBe(201);
    },
  );

  it('is ignored where the operation takes none', async () => {
    expect((await things().send(event('POST', '/ping', { body: '{{{' }))).status).toBe(200);
  });
});

describe('a URL that is not accepted', () => {
  it.each([
    ['GET', '/things/%00'],
    ['GET', '/things/%'],
    ['GET', '/things/%E0%A4%A'],
    ['GET', '/things/%C0%AE%C0%AE'],
    ['GET', '/things/..%2F..%2Fx'],
    ['GET', `/things/${'x'.repeat(10_240)}`],
    ['GET', "/things/'; drop table memories"],
  ])('%s %s', async (method, path) => {
    const reply = await things().send(event(method, path));
    expect([reply.status, reply.body.code]).toEqual([400, 'validation_failed']);
  });

  it.each([
    'limit=1&limit=2',
    'limit=1%00',
    'domain=%FF',
    'domain=a%00b',
    'domain=%',
    'domain=%ED%A0%80',
    `domain=${'x'.repeat(300)}`,
    'limit=1e20',
    'limit=-1',
    'limit=201',
    'limit=',
    'unknown=1',
    '__proto__=1',
  ])('query %s', async (query) => {
    const reply = await things().send(event('GET', '/things/count', { query }));
    expect([reply.status, reply.body.code]).toEqual([400, 'validation_failed']);
  });

  it('says everything that is wrong, where, and without the values', async () => {
    const body = JSON.stringify({ importance: 'hunter2', embedding: ['hunter2'], content: 7 });
    const { status, body: problem } = await things().send(event('POST', '/things', { body }));
    expect(status).toBe(400);
    const paths = (problem.errors as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(['body.content', 'body.importance', 'body.embedding[0]']);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  it('bounds the list of errors', async () => {
    const body = JSON.stringify({ embedding: Array.from({ length: 4_000 }, () => 'x') });
    const { body: problem } = await things().send(event('POST', '/things', { body }));
    expect(problem.errors).toHaveLength(20);
  });
});
