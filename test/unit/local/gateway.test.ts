import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Authorization } from '../../../scripts/local/authorizer.ts';
import { type LocalFunction, loadFunctions } from '../../../scripts/local/functions.ts';
import { type Backend, type Gateway, startGateway } from '../../../scripts/local/gateway/gateway.ts';
import { defineFunction } from '../../../shared/contracts/function-spec.ts';
import { defineOperations } from '../../../shared/contracts/operation.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import type { HttpEvent } from '../../../shared/runtime/http/event.ts';

const responses = { 200: z.unknown() };
const common = { summary: '', errors: [], responses } as const;
const operations = defineOperations({
  list: { ...common, method: 'GET', path: '/things', scope: 'public' },
  create: { ...common, method: 'POST', path: '/things', scope: 'memory:write' },
  special: { ...common, method: 'GET', path: '/things/special', scope: 'public' },
  one: { ...common, method: 'GET', path: '/things/{id}', scope: 'public' },
  part: { ...common, method: 'PUT', path: '/things/{id}/parts/{part}', scope: 'public' },
});
const spec = defineFunction({
  name: 'things',
  summary: '',
  trigger: { kind: 'http', operations },
  uses: [],
  timeoutSeconds: 1,
  memoryMb: 128,
});

describe('gateway', () => {
  let gateway: Gateway;
  let events: HttpEvent[];
  let answer: (event: HttpEvent) => unknown;
  const error = vi.fn();

  const authorize = async (header: string | undefined): Promise<Authorization> =>
    header === 'Bearer good'
      ? { authorized: true, authorizer: { jwt: { claims: { sub: 'me', scope: 'a b' }, scopes: null } } }
      : {
          authorized: false,
          statusCode: 401,
          headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
          body: '',
        };

  async function start(overrides: Partial<Parameters<typeof startGateway>[0]> = {}) {
    const functions = await loadFunctions([spec], async () => async (event: HttpEvent) => {
      events.push(event);
      return answer(event);
    });
    const backend = Promise.resolve<Backend>({ functions, authorize });
    const logger = { ...silentLogger, error };
    gateway = await startGateway({ port: 0, corsOrigins: ['http://ok.test'], backend, logger, ...overrides });
  }

  beforeEach(async () => {
    events = [];
    answer = () => ({ statusCode: 200, body: 'fine' });
    error.mockClear();
    await start();
  });
  afterEach(() => gateway.stop());

  /** Sends the target as it is; `fetch` would normalise it. */
  async function raw(
    target: string,
    method = 'GET',
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string }> {
    const request = httpRequest({ host: '127.0.0.1', port: gateway.port, method, path: target, headers });
    request.end();
    const [response] = await once(request, 'response');
    let body = '';
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode, body };
  }

  it('serves a request that offers HTTP/2, as clients of some languages do', async () => {
    const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    expect(await raw('/things', 'GET', offer)).toEqual({ status: 200, body: 'fine' });
  });

  it('hands over payload 2.0', async () => {
    await fetch(`${gateway.url}/things/a%2Fb%20%C3%BC/parts/7?x=1&y=%26&x=2&flag`, {
      method: 'PUT',
      headers: { 'X-Custom': 'One', cookie: 'a=1; b=2', 'content-type': 'application/json' },
      body: '{"ü":1}',
    });
    const [event] = events;
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'PUT /things/{id}/parts/{part}',
      rawPath: '/things/a%2Fb%20%C3%BC/parts/7',
      rawQueryString: 'x=1&y=%26&x=2&flag',
      queryStringParameters: { x: '1,2', y: '&', flag: '' },
      pathParameters: { id: 'a/b ü', part: '7' },
      cookies: ['a=1', 'b=2'],
      body: '{"ü":1}',
      isBase64Encoded: false,
      headers: { 'x-custom': 'One', 'x-forwarded-proto': 'http', 'x-forwarded-port': String(gateway.port) },
      requestContext: {
        domainName: `127.0.0.1:${gateway.port}`,
        routeKey: 'PUT /things/{id}/parts/{part}',
        stage: '$default',
        http: {
          method: 'PUT',
          path: '/things/a%2Fb%20%C3%BC/parts/7',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
        },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
    });
    expect(event?.headers).not.toHaveProperty('cookie');
    expect(event?.requestContext).not.toHaveProperty('authorizer');
  });

  it('prefers a literal segment to a parameter', async () => {
    await fetch(`${gateway.url}/things/special`);
    await fetch(`${gateway.url}/things/other`);
    expect(events.map((event) => event.routeKey)).toEqual(['GET /things/special', 'GET /things/{id}']);
  });

  it('leaves out what is not there', async () => {
    await fetch(`${gateway.url}/things`);
    expect(events[0]).not.toHaveProperty('body');
    expect(events[0]).not.toHaveProperty('queryStringParameters');
    expect(events[0]).not.toHaveProperty('pathParameters');
    expect(events[0]).not.toHaveProperty('cookies');
  });

  it.each([
    ['application/octet-stream', Buffer.from([0, 1, 254, 255])],
    ['application/json', Buffer.from([0x22, 0xff, 0x22])],
    [undefined, Buffer.from('{}')],
  ])('hands over bytes of %s as base64', async (type, bytes) => {
    const headers = { ...(type && { 'content-type': type }) };
    await fetch(`${gateway.url}/things/1/parts/2`, { method: 'PUT', headers, body: new Uint8Array(bytes) });
    expect(events[0]).toMatchObject({ isBase64Encoded: true, body: bytes.toString('base64') });
  });

  it('ignores what a client says about the way it came', async () => {
    await fetch(`${gateway.url}/things`, {
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '6.6.6.6' },
    });
    expect(events[0]?.headers).toMatchObject({ 'x-forwarded-proto': 'http', 'x-forwarded-for': '127.0.0.1' });
  });

  it('writes status, headers, cookies and binary bodies', async () => {
    answer = () => ({
      statusCode: 201,
      headers: { 'x-one': 1, 'content-type': 'image/gif', 'transfer-encoding': 'chunked' },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from([0, 255]).toString('base64'),
      isBase64Encoded: true,
    });
    const response = await fetch(`${gateway.url}/things`);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('transfer-encoding')).toBeNull();
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  it('takes a value that is no answer for the body', async () => {
    answer = () => ({ hello: 'there' });
    const response = await fetch(`${gateway.url}/things`);
    expect([response.status, await response.json()]).toEqual([200, { hello: 'there' }]);
  });

  it('invokes nothing without a valid token, and says why', async () => {
    const response = await fetch(`${gateway.url}/things`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status: 401,
      code: 'unauthenticated',
      requestId: expect.any(String),
    });
    expect(events).toEqual([]);
  });

  it('passes on the verified claims', async () => {
    await fetch(`${gateway.url}/things`, { method: 'POST', headers: { authorization: 'Bearer good' } });
    expect(events[0]?.requestContext.authorizer).toEqual({
      jwt: { claims: { sub: 'me', scope: 'a b' }, scopes: null },
    });
  });

  it.each([
    ['/nothing', 404, 'route_not_found'],
    ['/things/', 404, 'route_not_found'],
    ['/things/%zz', 400, 'validation_failed'],
    ['/things/%C3%28', 400, 'validation_failed'],
    ['/things/%00', 400, 'validation_failed'],
    ['/things/..', 400, 'validation_failed'],
    ['/things/%2e%2E/other', 400, 'validation_failed'],
    ['/./things', 400, 'validation_failed'],
    ['http://elsewhere.test/things', 400, 'validation_failed'],
  ])('answers %s with %i', async (target, status, code) => {
    const response = await raw(target);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ status, code });
    expect(events).toEqual([]);
  });

  it('names the methods that a path takes', async () => {
    const response = await fetch(`${gateway.url}/things`, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  const tenMegabytes = 10 * 1024 * 1024;
  it('refuses a body that announces more than ten megabytes', async () => {
    const body = Buffer.alloc(tenMegabytes + 1);
    const response = await fetch(`${gateway.url}/things/1/parts/2`, { method: 'PUT', body });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      code: 'payload_too_large',
      details: { limit: tenMegabytes },
    });
    expect(events).toEqual([]);
  });

  it('stops reading a body of unknown length at ten megabytes', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('PUT /things/1/parts/2 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000), Buffer.from('\r\n')]);
    for (let count = 0; count < 11; count += 1) socket.write(piece);
    const [head] = await once(socket, 'data');
    expect(String(head)).toMatch(/^HTTP\/1\.1 413 /);
    expect(events).toEqual([]);
    await once(socket, 'close');
  });

  it('takes a body of just ten megabytes', async () => {
    const body = Buffer.alloc(tenMegabytes);
    expect((await fetch(`${gateway.url}/things/1/parts/2`, { method: 'PUT', body })).status).toBe(200);
    expect(events[0]?.body).toHaveLength(Math.ceil(tenMegabytes / 3) * 4);
  });

  it('answers 500 without a word about the cause, and logs it', async () => {
    answer = () => {
      throw new Error('secret host db-1');
    };
    const response = await fetch(`${gateway.url}/things`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret');
    expect(error).toHaveBeenCalledWith('invocation failed', {
      requestId: response.headers.get('x-request-id'),
      error: expect.stringContaining('secret host db-1'),
    });
  });

  it('answers 500 when a function returns no answer', async () => {
    answer = () => ({ statusCode: 'x' });
    expect((await fetch(`${gateway.url}/things`)).status).toBe(500);
  });

  it('gives up a function at the end of its time', async () => {
    answer = () => new Promise(() => undefined);
    const response = await fetch(`${gateway.url}/things`);
    expect(response.status).toBe(500);
    expect(error.mock.calls[0]?.[1].error).toContain('things did not end within 1 seconds');
  });

  it('answers the preflight of a configured origin alone', async () => {
    const preflight = (origin: string) =>
      fetch(`${gateway.url}/things`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('http://ok.test');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://ok.test');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight('http://evil.test')).headers.get('access-control-allow-origin')).toBeNull();

    const read = await fetch(`${gateway.url}/things`, { headers: { origin: 'http://ok.test' } });
    expect(read.headers.get('access-control-allow-origin')).toBe('http://ok.test');
    expect(read.headers.get('vary')).toBe('origin');
  });

  it('knows no preflight without configured origins', async () => {
    await gateway.stop();
    await start({ corsOrigins: [] });
    const response = await fetch(`${gateway.url}/things`, {
      method: 'OPTIONS',
      headers: { origin: 'http://ok.test', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('finishes what has begun before it stops', async () => {
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    answer = async () => {
      begun.resolve();
      await release.promise;
      return { statusCode: 200, body: 'late' };
    };
    const response = fetch(`${gateway.url}/things`);
    await begun.promise;
    const stopped = gateway.stop();
    release.resolve();
    expect(await (await response).text()).toBe('late');
    await stopped;
    await expect(fetch(`${gateway.url}/things`)).rejects.toThrow();
  });

  const half = 'POST /things HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nconnection: close\r\n';

  it('refuses a token when the client has sent all, who would see a broken pipe before', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const order: string[] = [];
    socket.on('data', (data) => order.push(data.toString().split('\r\n')[0]!));
    socket.write(`${half}authorization: Bearer bad\r\n\r\nab`);
    await setTimeout(100);
    order.push('sent');
    socket.write('cd');
    await once(socket, 'close');
    expect(order[0]).toBe('sent');
    expect(order[1]).toBe('HTTP/1.1 401 Unauthorized');
  });

  it('takes a client that goes while it sends for no failure', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`${half}authorization: Bearer good\r\n\r\nab`);
    await setTimeout(100);
    socket.resetAndDestroy();
    await setTimeout(100);
    expect(error).not.toHaveBeenCalled();
  });

  it('lets requests wait that come before the functions are there', async () => {
    await gateway.stop();
    const backend = Promise.withResolvers<Backend>();
    await start({ backend: backend.promise });
    const response = fetch(`${gateway.url}/things`);
    const functions: LocalFunction[] = [
      {
        spec,
        checkConfiguration: () => undefined,
        invoke: async () => ({ statusCode: 200, body: 'here now' }),
      },
    ];
    backend.resolve({ functions, authorize });
    expect(await (await response).text()).toBe('here now');
  });
});
