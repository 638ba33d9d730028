import { describe, expect, it } from 'vitest';
import { gatewayUnderTest } from './gateway-under-test.ts';

describe('gateway', () => {
  const under = gatewayUnderTest();

  it('hands over payload 2.0', async () => {
    await fetch(`${under.gateway.url}/things/a%2Fb%20%C3%BC/parts/7?x=1&y=%26&x=2&flag`, {
      method: 'PUT',
      headers: { 'X-Custom': 'One', cookie: 'a=1; b=2', 'content-type': 'application/json' },
      body: '{"ü":1}',
    });
    const [event] = under.events;
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
      headers: {
        'x-custom': 'One',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': String(under.gateway.port),
      },
      requestContext: {
        domainName: `127.0.0.1:${under.gateway.port}`,
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
    await fetch(`${under.gateway.url}/things/special`);
    await fetch(`${under.gateway.url}/things/other`);
    expect(under.events.map((event) => event.routeKey)).toEqual(['GET /things/special', 'GET /things/{id}']);
  });

  it('leaves out what is not there', async () => {
    await fetch(`${under.gateway.url}/things`);
    expect(under.events[0]).not.toHaveProperty('body');
    expect(under.events[0]).not.toHaveProperty('queryStringParameters');
    expect(under.events[0]).not.toHaveProperty('pathParameters');
    expect(under.events[0]).not.toHaveProperty('cookies');
  });

  it.each([
    ['application/octet-stream', Buffer.from([0, 1, 254, 255])],
    ['application/json', Buffer.from([0x22, 0xff, 0x22])],
    [undefined, Buffer.from('{}')],
  ])('hands over bytes of %s as base64', async (type, bytes) => {
    const headers = { ...(type && { 'content-type': type }) };
    await fetch(`${under.gateway.url}/things/1/parts/2`, {
      method: 'PUT',
      headers,
      body: new Uint8Array(bytes),
    });
    expect(under.events[0]).toMatchObject({ isBase64Encoded: true, body: bytes.toString('base64') });
  });

  it('ignores what a client says about the way it came', async () => {
    await fetch(`${under.gateway.url}/things`, {
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '6.6.6.6' },
    });
    expect(under.events[0]?.headers).toMatchObject({
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
    });
  });

  it('writes status, headers, cookies and binary bodies', async () => {
    under.answer = () => ({
      statusCode: 201,
      headers: { 'x-one': 1, 'content-type': 'image/gif', 'transfer-encoding': 'chunked' },
      cookies: ['a=1', 'b=2'],
      body: Buffer.from([0, 255]).toString('base64'),
      isBase64Encoded: true,
    });
    const response = await fetch(`${under.gateway.url}/things`);
    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('transfer-encoding')).toBeNull();
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  it('takes a value that is no answer for the body', async () => {
    under.answer = () => ({ hello: 'there' });
    const response = await fetch(`${under.gateway.url}/things`);
    expect([response.status, await response.json()]).toEqual([200, { hello: 'there' }]);
  });

  it('invokes nothing without a valid token, and says why', async () => {
    const response = await fetch(`${under.gateway.url}/things`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      status: 401,
      code: 'unauthenticated',
      requestId: expect.any(String),
    });
    expect(under.events).toEqual([]);
  });

  it('passes on the verified claims', async () => {
    await fetch(`${under.gateway.url}/things`, { method: 'POST', headers: { authorization: 'Bearer good' } });
    expect(under.events[0]?.requestContext.authorizer).toEqual({
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
    const response = await under.raw(target);
    expect(response.status).toBe(status);
    expect(JSON.parse(response.body)).toMatchObject({ status, code });
    expect(under.events).toEqual([]);
  });

  it('names the methods that a path takes', async () => {
    const response = await fetch(`${under.gateway.url}/things`, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
  });

  it('answers 500 without a word about the cause, and logs it', async () => {
    under.answer = () => {
      throw new Error('secret host db-1');
    };
    const response = await fetch(`${under.gateway.url}/things`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain('secret');
    expect(under.error).toHaveBeenCalledWith('invocation failed', {
      requestId: response.headers.get('x-request-id'),
      error: expect.stringContaining('secret host db-1'),
    });
  });

  it('answers 500 when a function returns no answer', async () => {
    under.answer = () => ({ statusCode: 'x' });
    expect((await fetch(`${under.gateway.url}/things`)).status).toBe(500);
  });

  it('gives up a function at the end of its time', async () => {
    under.answer = () => new Promise(() => undefined);
    const response = await fetch(`${under.gateway.url}/things`);
    expect(response.status).toBe(500);
    expect(under.error.mock.calls[0]?.[1].error).toContain('things did not end within 1 seconds');
  });

  it('answers the preflight of a configured origin alone', async () => {
    const preflight = (origin: string) =>
      fetch(`${under.gateway.url}/things`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('http://ok.test');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://ok.test');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect((await preflight('http://evil.test')).headers.get('access-control-allow-origin')).toBeNull();

    const read = await fetch(`${under.gateway.url}/things`, { headers: { origin: 'http://ok.test' } });
    expect(read.headers.get('access-control-allow-origin')).toBe('http://ok.test');
    expect(read.headers.get('vary')).toBe('origin');
  });

  it('knows no preflight without configured origins', async () => {
    await under.gateway.stop();
    await under.start({ corsOrigins: [] });
    const response = await fetch(`${under.gateway.url}/things`, {
      method: 'OPTIONS',
      headers: { origin: 'http://ok.test', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});
