import { describe, expect, it } from 'vitest';
import { limits } from '../../../shared/contracts/limits.ts';
import { context } from '../runtime/support.ts';
import { start } from './socket-harness.ts';

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
    const endless = await connect({ exp: Number.MAX_SAFE_INTEGER });
    expect(await lasts(endless.connectionId)).toBe(7_200_000);
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
