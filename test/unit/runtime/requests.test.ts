import { describe, expect, it } from 'vitest';
import { event, jwt, knownRole, things } from './support.ts';

const id = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

describe('routing', () => {
  it('prefers a literal segment to a parameter', async () => {
    const { send } = things();
    expect((await send(event('GET', '/things/count', { query: 'limit=5' }))).body).toEqual({ limit: 5 });
    expect((await send(event('GET', `/things/${id.toUpperCase()}`))).body).toEqual({ id });
  });

  it('follows the route that API Gateway chose, with the parameters it decoded', async () => {
    const given = { routeKey: 'GET /things/{id}', params: { id } };
    const reply = await things().send(event('GET', '/prod/things/ignored', { ...given, stage: 'prod' }));
    expect(reply).toMatchObject({ status: 200, body: { id }, headers: { etag: '"3"' } });
  });

  it.each(['id\0', 'id\ud800'])('checks the parameters that API Gateway decoded', async (value) => {
    const given = { routeKey: 'GET /things/{id}', params: { id: value } };
    expect((await things().send(event('GET', '/things/x', given))).body.code).toBe('validation_failed');
  });

  it('leaves the name of the stage out of the path', async () => {
    expect((await things().send(event('GET', `/prod/things/${id}`, { stage: 'prod' }))).status).toBe(200);
    expect((await things().send(event('GET', `/prod/things/${id}`))).status).toBe(404);
  });

  it.each(['/', '/thing', '/things/', `/things/${id}/more`, '//things'])('knows no %s', async (path) => {
    const reply = await things().send(event('GET', path));
    expect([reply.status, reply.body.code]).toEqual([404, 'route_not_found']);
  });

  it.each([
    ['DELETE', '/things', 'POST'],
    ['POST', '/things/count', 'GET'],
    ['PUT', `/things/${id}`, 'GET, PATCH'],
    ['OPTIONS', '/me', 'GET'],
  ])('%s %s: says which methods the path takes', async (method, path, allow) => {
    const reply = await things().send(event(method, path));
    expect([reply.status, reply.body.code, reply.headers.allow]).toEqual([405, 'method_not_allowed', allow]);
  });
});

describe('the caller', () => {
  const me = (claims: Record<string, string | string[]>) =>
    things().send(event('GET', '/me', { authorizer: jwt(claims) }));

  it.each([
    ['memory:read memory:write', ['memory:read', 'memory:write']],
    ['[memory:read memory:write]', ['memory:read', 'memory:write']],
    [['memory:read', 'openid'], ['memory:read']],
    ['openid email', []],
  ])('has the scopes of the claim %j', async (scope, expected) => {
    expect((await me({ scope })).body).toEqual({ tenantId: 'acme', subject: 'agent-1', scopes: expected });
  });

  it.each(['scp', 'scopes'])('has the scopes of the claim named %s', async (claim) => {
    const { scope: _, ...claims } = jwt().jwt!.claims;
    const authorizer = { jwt: { claims: { ...claims, [claim]: '[memory:read]' }, scopes: null } };
    expect((await things().send(event('GET', '/me', { authorizer }))).body.scopes).toEqual(['memory:read']);
  });

  it.each([
    ['no authorizer', null],
    ['an empty authorizer', {}],
    ['no expiry', { jwt: { claims: { tenant_id: 'a', sub: 'a', scope: '*' }, scopes: null } }],
    ['no tenant', { jwt: { claims: { sub: 'a', scope: '*', exp: '4102444800' }, scopes: null } }],
    ['an empty tenant', jwt({ tenant_id: '' })],
    ['a tenant with a control character', jwt({ tenant_id: 'a\n' })],
    ['no subject', { jwt: { claims: { tenant_id: 'a', scope: '*', exp: '4102444800' }, scopes: null } }],
  ])('is not known with %s', async (_name, authorizer) => {
    const reply = await things().send(event('GET', '/me', { authorizer }));
    expect([reply.status, reply.body.code]).toEqual([401, 'unauthenticated']);
    expect(reply.headers['www-authenticate']).toBe('Bearer');
  });

  it('is asked for before the body is read', async () => {
    const reply = await things().send(event('POST', '/things', { body: '{{{', authorizer: null }));
    expect(reply.status).toBe(401);
  });

  it('is told the scope that is missing', async () => {
    const authorizer = jwt({ scope: 'memory:read' });
    const reply = await things().send(event('POST', '/things', { body: '{}', authorizer }));
    expect(reply.status).toBe(403);
    expect(reply.body).toMatchObject({ code: 'insufficient_scope', details: { scope: 'memory:write' } });
    expect(reply.body.detail).toContain('memory:write');
  });

  it('may be nobody where the operation is public', async () => {
    expect((await things().send(event('POST', '/ping', { authorizer: null }))).status).toBe(200);
  });

  it('is the role behind an assumed-role session, whatever the session is called', async () => {
    const userArn = 'arn:aws:sts::123456789012:assumed-role/reader/tenant-other';
    const reply = await things().send(event('GET', '/me', { authorizer: { iam: { userArn } } }));
    expect(reply.body).toEqual({ tenantId: 'acme', subject: knownRole, scopes: ['memory:read'] });
  });

  it.each([
    'arn:aws:sts::123456789012:assumed-role/other/reader',
    'arn:aws:iam::123456789012:root',
    'arn:aws:sts::123456789012:federated-user/reader',
    'reader',
  ])('is refused as the principal %s', async (userArn) => {
    const reply = await things().send(event('GET', '/me', { authorizer: { iam: { userArn } } }));
    expect([reply.status, reply.body.code]).toEqual([403, 'forbidden']);
  });

  it.each([
    ['body', event('POST', '/things', { body: '{"tenant_id":"Acme"}' })],
    ['query', event('GET', '/things/count', { query: 'tenant_id=acme%20' })],
    ['query of an operation without one', event('GET', '/me', { query: 'tenant_id=other' })],
  ])('may not name another tenant in the %s', async (_place, request) => {
    const reply = await things().send(request);
    expect([reply.status, reply.body.code]).toEqual([403, 'tenant_mismatch']);
  });

  it('may name its own tenant', async () => {
    expect((await things().send(event('POST', '/things', { body: '{"tenant_id":"acme"}' }))).status).toBe(
      201,
    );
  });
});

describe('conditions', () => {
  const change = (headers: Record<string, string>) =>
    things().send(event('PATCH', `/things/${id}`, { body: '{"importance":1}', headers }));

  it.each([
    ['3', 3],
    ['"3"', 3],
    ['W/"3"', 3],
    [' "3" ', 3],
    ['*', undefined],
  ])('If-Match %s', async (value, expected) => {
    expect((await change({ 'if-match': value })).body.ifMatch).toBe(expected);
  });

  it.each(['', '0', '-1', '"3', '3"', '"a"', '"1", "2"', '1e3', '9'.repeat(20)])(
    'If-Match %j is refused',
    async (value) => {
      const reply = await change({ 'if-match': value });
      expect([reply.status, reply.body.code]).toEqual([400, 'invalid_if_match']);
    },
  );

  it.each(['', 'a'.repeat(256), 'a\nb', 'a\0', 'clé', '\x7f'])(
    'Idempotency-Key %j is refused',
    async (key) => {
      const reply = await change({ 'idempotency-key': key });
      expect([reply.status, reply.body.code]).toEqual([400, 'invalid_idempotency_key']);
    },
  );

  it('are ignored where the operation takes none', async () => {
    const headers = { 'idempotency-key': '', 'if-match': 'nonsense' };
    expect((await things().send(event('GET', `/things/${id}`, { headers }))).status).toBe(200);
  });
});
