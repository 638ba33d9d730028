import { describe, expect, it } from 'vitest';
import { handlers } from '../../../functions/socket/handler.ts';
import { spec } from '../../../functions/socket/spec.ts';
import type { TokenVerifier } from '../../../shared/access/ports.ts';
import { limits } from '../../../shared/contracts/limits.ts';
import type { ClientMessageType } from '../../../shared/contracts/realtime/client-messages.ts';
import { type ServerMessage, serverMessages } from '../../../shared/contracts/realtime/server-messages.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { pushEvent } from '../../../shared/realtime/push-event.ts';
import type { SocketEvent } from '../../../shared/runtime/socket/event.ts';
import { socketFunction } from '../../../shared/runtime/socket/socket-function.ts';
import { someStreamEvent } from '../../support/realtime-stores.ts';
import { context, provide, recordingHost } from '../runtime/support.ts';
import { realtime } from './support.ts';

/** The token is its claims; anything else is refused. */
const tokenVerifier: TokenVerifier = {
  async verify(token) {
    if (token === 'no-keys') throw new AppError('store_unavailable', 'Try again.', { retryable: true });
    if (!token.startsWith('ey')) throw new AppError('unauthenticated', 'Send a valid token: it is forged.');
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  },
};

function start() {
  const ports = realtime();
  const { host, lines, measures } = recordingHost();
  const run = socketFunction(
    spec,
    handlers,
    {
      tokenVerifier: provide(tokenVerifier),
      socketConnections: provide(ports.socketConnections),
      sockets: provide(ports.sockets),
      pageCursors: provide(ports.pageCursors),
    },
    { ...host, clock: ports.clock },
  );
  const event = (
    eventType: SocketEvent['requestContext']['eventType'],
    connectionId: string,
    more: Partial<SocketEvent> = {},
  ): SocketEvent => ({
    requestContext: { eventType, connectionId, requestId: 'request-1', routeKey: '$default' },
    isBase64Encoded: false,
    ...more,
  });
  const claims = (more: object = {}) =>
    Buffer.from(
      JSON.stringify({
        tenant_id: 'acme',
        sub: 'key:sk_1',
        scope: 'memory:read memory:write',
        exp: Math.floor(ports.clock.now().getTime() / 1_000) + 900,
        ...more,
      }),
    ).toString('base64url');

  async function connect(more: object = {}) {
    const connectionId = newId();
    const answer = await run(
      event('CONNECT', connectionId, { headers: { Authorization: `Bearer ${claims(more)}` } }),
      context(),
    );
    expect(answer.statusCode).toBe(200);
    ports.sockets.open(connectionId);
    let read = 0;
    const next = (): ServerMessage[] => {
      const all = ports.sockets.received(connectionId);
      const fresh = all.slice(read);
      read = all.length;
      for (const message of fresh) serverMessages[message.type].parse(message);
      return fresh;
    };
    const raw = async (body: string, isBase64Encoded = false) => {
      expect(await run(event('MESSAGE', connectionId, { body, isBase64Encoded }), context())).toEqual({
        statusCode: 200,
      });
      return next();
    };
    const send = (message: { type: ClientMessageType; [key: string]: unknown }) =>
      raw(JSON.stringify(message));
    const leave = () => run(event('DISCONNECT', connectionId), context());
    return { connectionId, raw, send, next, leave };
  }
  return { ...ports, run, event, claims, connect, lines, measures };
}

describe('connecting', () => {
  it('takes the token from the header, or from the query', async () => {
    const { run, event, claims, socketConnections } = start();
    const fromHeader = event('CONNECT', 'a', { headers: { authorization: `bearer ${claims()}` } });
    const fromQuery = event('CONNECT', 'b', { queryStringParameters: { access_token: claims() } });
    for (const one of [fromHeader, fromQuery]) expect(await run(one, context())).toEqual({ statusCode: 200 });
    for (const id of ['a', 'b']) {
      expect(await socketConnections.find(id)).toMatchObject({ tenantId: 'acme', subject: 'key:sk_1' });
    }
  });

  it.each([
    ['no token', {}, 401, 'unauthenticated'],
    ['a forged token', { headers: { authorization: 'Bearer x.y.z' } }, 401, 'unauthenticated'],
    ['a header that is no bearer', { headers: { authorization: 'Basic x' } }, 401, 'unauthenticated'],
    ['keys that cannot be read', { headers: { authorization: 'Bearer no-keys' } }, 503, 'store_unavailable'],
  ])('is refused with %s', async (_, more, status, code) => {
    const { run, event, socketConnections } = start();
    const answer = await run(event('CONNECT', 'a', more), context());
    expect([answer.statusCode, JSON.parse(answer.body ?? '').code]).toEqual([status, code]);
    expect(await socketConnections.find('a')).toBeUndefined();
  });

  it.each([
    ['no tenant', { tenant_id: undefined }, 401],
    ['no subject', { sub: undefined }, 401],
    ['no scope that is good for something', { scope: 'keys:write admin:read' }, 403],
  ])('is refused to a token with %s', async (_, more, status) => {
    const { run, event, claims } = start();
    const headers = { authorization: `Bearer ${claims(more)}` };
    expect((await run(event('CONNECT', 'a', { headers }), context())).statusCode).toBe(status);
  });

  it('is refused beyond the number of connections of a tenant', async () => {
    const { run, event, claims, connected, connect } = start();
    for (let count = 0; count < limits.connectionsPerTenant; count += 1) await connected('acme');
    const headers = { authorization: `Bearer ${claims()}` };
    const answer = await run(event('CONNECT', 'a', { headers }), context());
    expect([answer.statusCode, JSON.parse(answer.body ?? '').code]).toEqual([429, 'too_many_connections']);
    await connect({ tenant_id: 'globex' });
  });

  it('lasts until the token ends, and two hours at most', async () => {
    const { connect, socketConnections, clock } = start();
    const inSeconds = (seconds: number) => Math.floor(clock.now().getTime() / 1_000) + seconds;
    const short = await connect({ exp: inSeconds(60) });
    const long = await connect({ exp: inSeconds(86_400) });
    const lasts = async (id: string) =>
      Date.parse((await socketConnections.find(id))!.expiresAt) - clock.now().getTime();
    expect(await lasts(short.connectionId)).toBeLessThanOrEqual(60_000);
    expect(await lasts(long.connectionId)).toBe(7_200_000);
  });

  it('leaves no token in the log', async () => {
    const { run, event, claims, lines } = start();
    await run(event('CONNECT', 'a', { queryStringParameters: { access_token: 'secret.x.y' } }), context());
    await run(event('CONNECT', 'a', { headers: { authorization: `Bearer ${claims()}` } }), context());
    expect(JSON.stringify(lines)).not.toMatch(/secret|memory:read|eyJ/);
  });

  it('ends without a trace', async () => {
    const { connect, socketConnections } = start();
    const client = await connect();
    expect(await client.leave()).toEqual({ statusCode: 200 });
    expect(await client.leave()).toEqual({ statusCode: 200 });
    expect(await socketConnections.find(client.connectionId)).toBeUndefined();
  });
});

describe('a message', () => {
  it('identifies a service, which then hears what its capabilities stand for', async () => {
    const { connect, ...ports } = start();
    const client = await connect();
    const identify = {
      type: 'identify',
      serviceId: 'my-service',
      capabilities: ['memory', 'learning'],
    } as const;
    expect(await client.send({ ...identify, id: '1' })).toEqual([
      {
        type: 'identified',
        inReplyTo: '1',
        connectionId: client.connectionId,
        serviceId: 'my-service',
        subscribed: true,
        cursor: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    const event = someStreamEvent();
    await pushEvent('acme', event, ports);
    expect(client.next()).toMatchObject([{ type: 'sync', event }]);
  });

  it.each([
    ['capabilities without events', ['learning'], undefined],
    ['a token that may not read', ['memory'], 'memory:write'],
  ])('identifies a service with %s, which hears nothing', async (_, capabilities, scope) => {
    const { connect, ...ports } = start();
    const client = await connect(scope === undefined ? {} : { scope });
    const answer = await client.send({ type: 'identify', serviceId: 's', capabilities });
    expect(answer).toMatchObject([{ type: 'identified', subscribed: false }]);
    await pushEvent('acme', someStreamEvent(), ports);
    expect(client.next()).toEqual([]);
  });

  it('subscribes, filters and unsubscribes', async () => {
    const { connect, ...ports } = start();
    const client = await connect();
    const filter = { events: ['memory.deleted'], agentId: 'planner' };
    expect(await client.send({ type: 'subscribe', filter })).toMatchObject([
      { type: 'subscribed', filter, replayed: 0, more: false },
    ]);
    await pushEvent('acme', someStreamEvent(), ports);
    await pushEvent('acme', someStreamEvent({ type: 'memory.deleted' }), ports);
    expect(client.next()).toMatchObject([{ type: 'sync', sequence: 2 }]);
    expect(await client.send({ type: 'unsubscribe' })).toEqual([{ type: 'unsubscribed' }]);
    await pushEvent('acme', someStreamEvent({ type: 'memory.deleted' }), ports);
    expect(client.next()).toEqual([]);
  });

  it('goes to every other service of the tenant, or to one, and is acknowledged', async () => {
    const { connect } = start();
    const [sender, one, two, foreign] = [
      await connect(),
      await connect(),
      await connect({ sub: 'key:sk_2' }),
      await connect({ tenant_id: 'globex' }),
    ];
    for (const [client, serviceId] of [
      [sender, 'a'],
      [one, 'b'],
      [two, 'c'],
      [foreign, 'b'],
    ] as const) {
      await client.send({ type: 'identify', serviceId, capabilities: [] });
    }
    const data = { step: 1 };
    const [sent] = await sender.send({ type: 'broadcast', id: 'x', data });
    expect(sent).toMatchObject({ type: 'sent', inReplyTo: 'x', recipients: 2 });
    const messages = [one.next(), two.next(), foreign.next()];
    expect(messages[0]).toEqual([
      { type: 'message', messageId: expect.any(String), from: 'a', subject: 'key:sk_1', data },
    ]);
    expect(messages).toEqual([messages[0], messages[0], []]);
    const { messageId } = messages[0]![0] as ServerMessage<'message'>;
    expect(sent).toMatchObject({ messageId });

    expect(await two.send({ type: 'ack', messageId })).toEqual([
      { type: 'acknowledged', messageId, by: 'c' },
    ]);
    expect(sender.next()).toEqual([{ type: 'acknowledged', messageId, by: 'c' }]);
    expect(await foreign.send({ type: 'ack', messageId })).toMatchObject([
      { type: 'error', code: 'validation_failed' },
    ]);
    expect(sender.next()).toEqual([]);

    expect(await sender.send({ type: 'send', to: 'b', data })).toMatchObject([{ recipients: 1 }]);
    expect([one.next().length, two.next().length, foreign.next().length]).toEqual([1, 0, 0]);
    expect(await sender.send({ type: 'send', to: 'nobody', data })).toMatchObject([{ recipients: 0 }]);
  });

  it('has the same messageId when it is sent again under the same id', async () => {
    const { connect } = start();
    const client = await connect();
    await client.send({ type: 'identify', serviceId: 'a' });
    const ids = [];
    for (const id of ['1', '1', '2']) {
      const [sent] = await client.send({ type: 'broadcast', id, data: null });
      ids.push((sent as ServerMessage<'sent'>).messageId);
    }
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  });

  it('is acknowledged to the service where its sender has connected anew', async () => {
    const { connect, sockets } = start();
    const [sender, receiver] = [await connect(), await connect()];
    await sender.send({ type: 'identify', serviceId: 'a' });
    await receiver.send({ type: 'identify', serviceId: 'b' });
    await sender.send({ type: 'send', to: 'b', data: 1 });
    const [message] = receiver.next();
    await sockets.close(sender.connectionId);
    const again = await connect();
    await again.send({ type: 'identify', serviceId: 'a' });
    const { messageId } = message as ServerMessage<'message'>;
    await receiver.send({ type: 'ack', messageId });
    expect(again.next()).toEqual([{ type: 'acknowledged', messageId, by: 'b' }]);
  });

  it('is told when nobody could be reached, and counts those that were', async () => {
    const { connect, sockets } = start();
    const [sender, one] = [await connect(), await connect()];
    await sender.send({ type: 'identify', serviceId: 'a' });
    sockets.unreachable.add(one.connectionId);
    expect(await sender.send({ type: 'broadcast', data: 1 })).toMatchObject([
      { type: 'error', code: 'sockets_unavailable' },
    ]);
    await connect();
    expect(await sender.send({ type: 'broadcast', data: 1 })).toMatchObject([
      { type: 'sent', recipients: 1 },
    ]);
  });

  it('answers a ping', async () => {
    const { connect } = start();
    expect(await (await connect()).send({ type: 'ping', id: 'p' })).toEqual([
      { type: 'pong', inReplyTo: 'p' },
    ]);
  });
});

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

describe('a connection', () => {
  it('is ended with the next message when its token has ended', async () => {
    const { connect, clock, sockets, socketConnections } = start();
    const client = await connect();
    clock.advance(901);
    expect(await client.send({ type: 'ping' })).toMatchObject([
      { type: 'error', code: 'unauthenticated', closing: true },
    ]);
    expect(sockets.isOpen(client.connectionId)).toBe(false);
    expect(await socketConnections.find(client.connectionId)).toBeUndefined();
  });

  it('is ended with its next message when nobody knows it any more', async () => {
    const { connect, sockets, socketConnections } = start();
    const client = await connect();
    await socketConnections.forget('acme', [client.connectionId]);
    expect(await client.send({ type: 'ping' })).toMatchObject([
      { type: 'error', code: 'gone', closing: true },
    ]);
    expect(sockets.isOpen(client.connectionId)).toBe(false);
  });

  it('is counted, and so are its messages', async () => {
    const { connect, measures } = start();
    const client = await connect();
    await client.send({ type: 'ping' });
    await client.raw('x');
    const counted = (name: string) => measures.filter((measure) => measure.name === name).length;
    expect([counted('connections'), counted('messages'), counted('errors4xx')]).toEqual([1, 2, 1]);
  });
});
