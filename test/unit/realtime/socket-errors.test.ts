import { describe, expect, it } from 'vitest';
import { start } from './socket-harness.ts';

describe('a message is answered by an error, and the connection goes on', () => {
  const deep = (levels: number) => `{"type":"broadcast","data":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  it.each([
    ['nothing', '', 'malformed_json'],
    ['no JSON', 'hello', 'malformed_json'],
    ['null', 'null', 'validation_failed'],
    ['a list', '[]', 'validation_failed'],
    ['no type', '{}', 'validation_failed'],
    ['an unknown type', '{"type":"explode"}', 'validation_failed'],
    ['a type of every object', '{"type":"toString"}', 'validation_failed'],
    ['a type that is a list', '{"type":["ping"]}', 'validation_failed'],
    ['an unknown field', '{"type":"ping","tenant_id":"globex"}', 'validation_failed'],
    ['no service', '{"type":"identify"}', 'validation_failed'],
    ['an unknown event', '{"type":"subscribe","filter":{"events":["x"]}}', 'validation_failed'],
    ['a filter of another kind', '{"type":"subscribe","filter":{"$where":"1"}}', 'validation_failed'],
    ['a cursor that is none', '{"type":"subscribe","after":"x.y"}', 'invalid_cursor'],
    ['no data', '{"type":"broadcast"}', 'validation_failed'],
    ['an acknowledgement of nothing', '{"type":"ack","messageId":"x"}', 'validation_failed'],
    ['40 KB', JSON.stringify({ type: 'broadcast', data: 'x'.repeat(40_000) }), 'payload_too_large'],
    ['100 levels', deep(100), 'validation_failed'],
    ['a NUL', '{"type":"broadcast","data":"\\u0000"}', 'validation_failed'],
    ['half of a surrogate pair', '{"type":"broadcast","data":"\\ud800"}', 'malformed_json'],
    ['a key twice', '{"type":"ping","type":"ping"}', 'malformed_json'],
    ['a prototype', '{"type":"ping","__proto__":{}}', 'validation_failed'],
  ])('where it is %s', async (_, body, code) => {
    const { connect, socketConnections } = start();
    const client = await connect();
    await client.send({ type: 'identify', serviceId: 'a' });
    expect(await client.raw(body)).toMatchObject([{ type: 'error', code, requestId: 'request-1' }]);
    expect(await client.send({ type: 'ping' })).toEqual([{ type: 'pong' }]);
    expect(await socketConnections.find(client.connectionId)).toBeDefined();
  });

  it('where the tenant has sent more than its rate of requests, until it may again', async () => {
    const { connect, clock } = start({ requests: { perSecond: 1, burst: 2 } });
    const client = await connect();
    const ping = () => client.send({ type: 'ping', id: 'p' });
    expect([await ping(), await ping()]).toEqual(Array(2).fill([{ type: 'pong', inReplyTo: 'p' }]));
    expect(await ping()).toMatchObject([{ type: 'error', code: 'rate_limited', inReplyTo: 'p' }]);
    const other = await connect({ tenant_id: 'globex' });
    expect(await other.send({ type: 'ping' })).toEqual([{ type: 'pong' }]);
    clock.advance(1);
    expect(await ping()).toEqual([{ type: 'pong', inReplyTo: 'p' }]);
  });

  it('where it is binary: text in UTF-8 is taken, anything else is not', async () => {
    const { connect } = start();
    const client = await connect();
    const ping = Buffer.from('{"type":"ping"}').toString('base64');
    expect(await client.raw(ping, true)).toEqual([{ type: 'pong' }]);
    expect(await client.raw(Buffer.from([0xff, 0xfe]).toString('base64'), true)).toMatchObject([
      { type: 'error', code: 'malformed_json' },
    ]);
  });

  it('where the token lacks the scope, or the service has not identified', async () => {
    const { connect } = start();
    const reader = await connect({ scope: 'memory:read' });
    expect(await reader.send({ type: 'broadcast', id: 'b', data: 1 })).toMatchObject([
      { code: 'insufficient_scope', inReplyTo: 'b' },
    ]);
    const writer = await connect({ scope: 'memory:write' });
    expect(await writer.send({ type: 'subscribe' })).toMatchObject([{ code: 'insufficient_scope' }]);
    expect(await writer.send({ type: 'send', to: 'x', data: 1 })).toMatchObject([{ code: 'not_identified' }]);
  });

  it('where the service fails, without a word of how', async () => {
    const { connect, socketConnections, lines } = start();
    const client = await connect();
    socketConnections.unsubscribe = async () => {
      throw new Error('select * from secrets');
    };
    const [error] = await client.send({ type: 'unsubscribe' });
    expect(error).toMatchObject({ type: 'error', code: 'internal' });
    expect(JSON.stringify(error)).not.toContain('secrets');
    expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'invocation failed' });
  });
});
