import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { base64url, createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, type Http, type Json } from '../support/http.ts';
import {
  type Algorithm,
  hasIssuerKey,
  issuerKey,
  type Sign,
  signWith,
  tokenOf,
} from './support/issuer-key.ts';
import { expectProblem, expectStatus, expectUnauthenticated } from './support/problem.ts';
import { openTarget, type Target } from './support/target.ts';

let target: Target;
let admin: Http;

beforeAll(async () => {
  target = await openTarget();
  admin = await target.as('a');
});
afterAll(() => target.close());

/** Refused on every host, with nothing of what was asked for. */
async function expectRefused(header: string | undefined, says?: RegExp) {
  const answer = await target.anonymous.get('/api/memory/aggregations', {
    ...(header !== undefined && { headers: { authorization: header } }),
  });
  expectUnauthenticated(answer, says);
  expect(answer.text).not.toContain('count');
}

describe('without a token that holds', () => {
  it.each([
    ['nothing', undefined],
    ['an empty one', 'Bearer '],
    ['garbage', 'Bearer garbage'],
    ['three parts of garbage', 'Bearer a.b.c'],
    ['another scheme', 'Basic YWRtaW46YWRtaW4='],
    ['10 KB', `Bearer ${'a'.repeat(10_240)}`],
  ])('%s is refused', async (_name, header) => {
    await expectRefused(header);
  });

  it('a token is refused that was changed in its claims or its signature', async () => {
    const [head, claims, signature] = (await target.token('a')).split('.') as [string, string, string];
    const other = JSON.parse(Buffer.from(claims, 'base64url').toString());
    other.tenant_id = 'globex';
    await expectRefused(`Bearer ${head}.${base64url.encode(JSON.stringify(other))}.${signature}`);
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    await expectRefused(`Bearer ${head}.${claims}.${flipped}`);
  });
});

describe('the issuer', () => {
  it('describes itself, and its keys verify its tokens', async () => {
    const document = expectStatus(await target.anonymous.get('/.well-known/openid-configuration'), 200);
    expect(document).toMatchObject({
      issuer: expect.stringMatching(/^https?:\/\//),
      jwks_uri: `${document.issuer}/.well-known/jwks.json`,
      token_endpoint: `${document.issuer}/v1/token`,
      id_token_signing_alg_values_supported: ['RS256'],
    });
    const jwks = createRemoteJWKSet(new URL(document.jwks_uri));
    const { payload, protectedHeader } = await jwtVerify(await target.token('a'), jwks, {
      issuer: document.issuer,
      audience: 'strata',
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({ tenant_id: expect.any(String), scope: '*', sub: expect.any(String) });
    const { keys } = expectStatus(await target.anonymous.get('/.well-known/jwks.json'), 200);
    expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig', kid: protectedHeader.kid }]);
    expect(Object.keys(keys[0])).not.toContain('d');
  });
});

describe('an API key', () => {
  const exchange = (secret: string) =>
    target.anonymous.send('POST', '/v1/token', { headers: { 'x-api-key': secret } });

  it('is created, listed, exchanged, used, revoked, and then gives nothing', async () => {
    const created = await admin.post('/v1/admin/keys', { name: 'nightly import', role: 'writer' });
    const { key, secret } = expectStatus(created, 201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect(key).toMatchObject({ name: 'nightly import', scopes: ['memory:read', 'memory:write'] });
    const listed = await admin.get('/v1/admin/keys');
    expect(listed.body.keys).toContainEqual(key);
    expect(listed.text).not.toContain(secret.slice(-20));

    const answer = await exchange(secret);
    expect(expectStatus(answer, 200)).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'memory:read memory:write',
    });
    const writer = bearer(target.url, answer.body.access_token);
    const { id } = expectStatus(await writer.post('/api/memory', { content: 'By key' }), 201);
    const { versions } = expectStatus(await writer.get(`/api/memory/${id}/versions`), 200);
    expect(versions).toMatchObject([{ changedBy: `key:${key.id}` }]);
    expect(expectProblem(await writer.delete(`/api/memory/${id}`), 'insufficient_scope').details).toEqual({
      scope: 'memory:delete',
    });
    expectStatus(await admin.delete(`/api/memory/${id}?hard=true`), 200);

    const revoked = expectStatus(await admin.delete(`/v1/admin/keys/${key.id}`), 200);
    expect(revoked.key.revokedAt).toMatch(/Z$/);
    expectProblem(await exchange(secret), 'unauthenticated');
  });

  it('is refused alike, whatever is wrong with it', async () => {
    const { secret } = (await admin.post('/v1/admin/keys', { name: 'x', role: 'reader' })).body;
    const wrong = `${secret.slice(0, -4)}${secret.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    const answers = await Promise.all(
      [wrong, '', 'strata_sk_x', `${secret} `.repeat(2), "' or '1'='1"].map((text) => exchange(text)),
    );
    for (const answer of answers) expectProblem(answer, 'unauthenticated');
    expect(new Set(answers.map((answer) => answer.body.detail)).size).toBe(1);
  });

  it('has no scope that its creator lacks, and no past', async () => {
    const limited = await target.as('a', ['keys:write', 'memory:read']);
    const more = await limited.post('/v1/admin/keys', {
      name: 'x',
      scopes: ['memory:read', 'memory:delete'],
    });
    expect(expectProblem(more, 'insufficient_scope').details).toEqual({ missing: ['memory:delete'] });
    expectProblem(await limited.post('/v1/admin/keys', { name: 'x', scopes: ['*'] }), 'insufficient_scope');
    const past = { name: 'x', role: 'reader', expiresAt: '2020-01-01T00:00:00Z' };
    expectProblem(await admin.post('/v1/admin/keys', past), 'validation_failed');
  });

  it('of another tenant cannot be seen or revoked', async () => {
    const { key, secret } = (await admin.post('/v1/admin/keys', { name: 'mine', role: 'reader' })).body;
    const other = await target.as('b');
    const { keys } = (await other.get('/v1/admin/keys')).body;
    expect(keys.map((listed: Json) => listed.id)).not.toContain(key.id);
    expectProblem(await other.delete(`/v1/admin/keys/${key.id}`), 'not_found');
    expectStatus(await exchange(secret), 200);
    await admin.delete(`/v1/admin/keys/${key.id}`);
  });
});

describe.skipIf(!hasIssuerKey)('tokens made with the key of the issuer itself', () => {
  let own: Sign;
  let key: Json;
  let claims: Record<string, unknown>;
  beforeAll(async () => {
    own = await issuerKey(target);
    key = (await target.anonymous.get('/.well-known/jwks.json')).body.keys[0];
    const [, payload] = (await target.token('a')).split('.') as [string, string];
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  });
  const now = () => Math.floor(Date.now() / 1_000);
  const made = (changed: object, header: object = {}, sign = own, alg: Algorithm = 'RS256') =>
    tokenOf({ alg, typ: 'JWT', kid: key.kid, ...header }, { ...claims, ...changed }, sign);

  it('are accepted with genuine claims', async () => {
    expectStatus(await bearer(target.url, await made({})).get('/api/memory/aggregations'), 200);
  });

  it.each<[string, () => object, RegExp]>([
    ['expired', () => ({ exp: now() - 1 }), /expired/],
    ['not yet valid', () => ({ nbf: now() + 60 }), /claim/],
    ['of another issuer', () => ({ iss: 'https://evil.example' }), /claim/],
    ['of an issuer with a suffix', () => ({ iss: `${claims.iss}.evil.example` }), /claim/],
    ['for another audience', () => ({ aud: 'other' }), /audience/],
    ['without expiry', () => ({ exp: undefined }), /claim/],
    ['without tenant', () => ({ tenant_id: undefined }), /^Bearer/],
    ['of an empty tenant', () => ({ tenant_id: '' }), /^Bearer/],
    ['of a tenant with a newline', () => ({ tenant_id: 'acme\n' }), /^Bearer/],
    ['without subject', () => ({ sub: undefined }), /^Bearer/],
  ])('are refused %s', async (_name, changed, says) => {
    await expectRefused(`Bearer ${await made(changed())}`, says);
  });

  it('are refused under another key, algorithm or kid', async () => {
    const stranger = signWith(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey);
    const part = (value: object) => base64url.encode(JSON.stringify(value));
    const unsigned = `${part({ alg: 'none', typ: 'JWT', kid: key.kid })}.${part(claims)}.`;
    const input = `${part({ alg: 'HS256', typ: 'JWT', kid: key.kid })}.${part(claims)}`;
    const pem = createPublicKey({ key, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
    const confused = `${input}.${base64url.encode(createHmac('sha256', pem).update(input).digest())}`;
    const forged = [
      await made({}, {}, stranger),
      await made({}, { kid: '../../../../dev/null' }),
      await made({}, {}, own, 'RS512'),
      unsigned,
      confused,
    ];
    for (const token of forged) await expectRefused(`Bearer ${token}`);
  });
});
