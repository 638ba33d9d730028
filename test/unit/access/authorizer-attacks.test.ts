import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { base64url, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { jwtAuthorizer } from '../../../scripts/local/authorizer.ts';
import { operations } from '../../../shared/contracts/operations.ts';
import { authenticate } from '../../../shared/runtime/http/caller.ts';
import { at, memorySigner } from './support.ts';

const issuer = 'https://memory.example';
const now = Date.parse('2026-03-01T10:00:00Z') / 1_000;
const genuine = {
  iss: issuer,
  aud: 'strata',
  sub: 'key:sk_1',
  tenant_id: 'acme',
  scope: '*',
  iat: now - 5,
  nbf: now - 5,
  exp: now + 900,
};

let own: Awaited<ReturnType<typeof memorySigner>>;
let authorize: ReturnType<typeof jwtAuthorizer>;
beforeAll(async () => {
  own = await memorySigner();
  authorize = jwtAuthorizer({
    issuer,
    audience: ['strata'],
    fetchJwks: async () => ({ keys: [own.jwk] }),
    clock: at('2026-03-01T10:00:00.700Z'),
  });
});

const part = (value: object) => base64url.encode(JSON.stringify(value));
const signed = (claims: object, header: object = {}, key: KeyObject = own.privateKey, alg = 'RS256') =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg, typ: 'JWT', kid: own.jwk.kid, ...header }).sign(key);
const hs256 = (secret: string | Buffer) => {
  const input = `${part({ alg: 'HS256', typ: 'JWT', kid: own.jwk.kid })}.${part(genuine)}`;
  return `${input}.${base64url.encode(createHmac('sha256', secret).update(input).digest())}`;
};
const reason = async (header: string | undefined) => {
  const outcome = await authorize(header);
  return outcome.authorized ? 'authorized' : `401 ${outcome.headers['www-authenticate']}`;
};
const invalid = (description: string) =>
  `401 Bearer scope="" error="invalid_token" error_description="${description}"`;

describe('the JWT authorizer', () => {
  it('lets a genuine token in and hands its claims on as text', async () => {
    const token = await signed({ ...genuine, groups: ['a', 'b'], verified: true, nested: { a: 1 } });
    expect(await authorize(`Bearer ${token}`)).toEqual({
      authorized: true,
      authorizer: {
        jwt: {
          claims: {
            iss: issuer,
            aud: 'strata',
            sub: 'key:sk_1',
            tenant_id: 'acme',
            scope: '*',
            iat: '1772359195',
            nbf: '1772359195',
            exp: '1772360100',
            groups: '[a b]',
            verified: 'true',
            nested: '{"a":1}',
          },
          scopes: null,
        },
      },
    });
    expect(await reason(`bearer ${token}`)).toBe('authorized');
  });

  it('answers like API Gateway', async () => {
    expect(await authorize('Bearer a.b.c')).toEqual({
      authorized: false,
      statusCode: 401,
      headers: {
        'content-type': 'application/json',
        'www-authenticate':
          'Bearer scope="" error="invalid_token" error_description="the token cannot be read"',
      },
      body: '{"message":"Unauthorized"}',
    });
  });

  it('accepts one of several audiences, and a client id where there is no audience', async () => {
    const { aud: _, ...without } = genuine;
    expect(await reason(`Bearer ${await signed({ ...genuine, aud: ['other', 'strata'] })}`)).toBe(
      'authorized',
    );
    expect(await reason(`Bearer ${await signed({ ...without, client_id: 'strata' })}`)).toBe('authorized');
  });
});

describe('the JWT authorizer refuses', () => {
  it.each(['none', 'None', 'NONE', ''])('algorithm %j', async (alg) => {
    const unsigned = `${part({ alg, typ: 'JWT', kid: own.jwk.kid })}.${part(genuine)}`;
    for (const signature of ['', (await signed(genuine)).split('.')[2]]) {
      expect(await reason(`Bearer ${unsigned}.${signature}`)).toMatch(/^401 /);
    }
  });

  it('HS256 signed with the public key in any of its forms', async () => {
    const forms = [
      own.publicKey.export({ format: 'pem', type: 'spki' }),
      own.publicKey.export({ format: 'der', type: 'spki' }),
      own.publicKey.export({ format: 'pem', type: 'pkcs1' }),
      JSON.stringify(own.jwk),
    ];
    for (const form of forms) {
      expect(await reason(`Bearer ${hs256(form)}`)).toBe(invalid('the algorithm is not allowed'));
    }
  });

  it.each(['RS512', 'PS256'])('another algorithm with the right key: %s', async (alg) => {
    const token = await signed(genuine, {}, own.privateKey, alg);
    expect(await reason(`Bearer ${token}`)).toBe(invalid('the algorithm is not allowed'));
  });

  it.each(['../../etc/passwd', '/dev/null', "' or 1=1 --", 'http://evil.example/jwks', 'unknown', ''])(
    'kid %j',
    async (kid) => {
      const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
      expect(await reason(`Bearer ${await signed(genuine, { kid }, stranger)}`)).toMatch(
        /the signing key is not known/,
      );
      expect(await reason(`Bearer ${await signed(genuine, { kid })}`)).toMatch(
        /the signing key is not known/,
      );
    },
  );

  it('no kid at all, although there is only one key', async () => {
    const token = await new SignJWT(genuine).setProtectedHeader({ alg: 'RS256' }).sign(own.privateKey);
    expect(await reason(`Bearer ${token}`)).toBe(invalid('the signing key is not known'));
  });

  it('a key that the token brings itself', async () => {
    const thief = await memorySigner();
    const jwk: JWK = { ...thief.jwk, kid: own.jwk.kid };
    for (const header of [{ jwk }, { jku: 'http://127.0.0.1:9/jwks.json' }, { x5u: 'http://127.0.0.1:9/' }]) {
      expect(await reason(`Bearer ${await signed(genuine, header, thief.privateKey)}`)).toBe(
        invalid('the signature is not valid'),
      );
    }
  });

  it('an unknown critical header', async () => {
    const header = part({ alg: 'RS256', kid: own.jwk.kid, crit: ['exp'], exp: now + 900 });
    const token = `${header}.${part(genuine)}.${base64url.encode(Buffer.alloc(256, 1))}`;
    expect(await reason(`Bearer ${token}`)).toBe(invalid('the token cannot be read'));
  });

  it.each([
    ['expired', { exp: now - 1 }, 'the token has expired'],
    ['expiring now', { exp: now }, 'the token has expired'],
    ['without expiry', { exp: undefined }, 'the claim exp is missing or has a wrong value'],
    ['with an expiry as text', { exp: '9999999999' }, 'the claim exp is missing or has a wrong value'],
    ['not yet valid', { nbf: now + 2 }, 'the claim nbf is missing or has a wrong value'],
    ['issued in the future', { iat: now + 2 }, 'the token is not valid yet'],
    [
      'of an issuer with a suffix',
      { iss: `${issuer}.evil.example` },
      'the claim iss is missing or has a wrong value',
    ],
    ['of an issuer with a slash', { iss: `${issuer}/` }, 'the claim iss is missing or has a wrong value'],
    [
      'of an issuer in capitals',
      { iss: issuer.toUpperCase() },
      'the claim iss is missing or has a wrong value',
    ],
    ['without issuer', { iss: undefined }, 'the claim iss is missing or has a wrong value'],
    ['for another audience', { aud: 'strata-staging' }, 'the token does not have a valid audience'],
    ['for nobody', { aud: undefined }, 'the token does not have a valid audience'],
    ['for an empty list', { aud: [] }, 'the token does not have a valid audience'],
    [
      'for others, with our client id',
      { aud: 'other', client_id: 'strata' },
      'the token does not have a valid audience',
    ],
  ])('a token %s', async (_, claims, description) => {
    expect(await reason(`Bearer ${await signed({ ...genuine, ...claims })}`)).toBe(invalid(description));
  });

  it('a payload that was changed', async () => {
    const [header, , signature] = (await signed(genuine)).split('.');
    const token = `${header}.${part({ ...genuine, tenant_id: 'victim' })}.${signature}`;
    expect(await reason(`Bearer ${token}`)).toBe(invalid('the signature is not valid'));
  });

  it('a signature that was cut or changed', async () => {
    const token = await signed(genuine);
    for (const forged of [token.slice(0, -4), `${token}AAAA`, `${token.slice(0, token.lastIndexOf('.'))}.`]) {
      expect(await reason(`Bearer ${forged}`)).toBe(invalid('the signature is not valid'));
    }
  });

  it.each([
    '..',
    '...',
    'a',
    'a.b',
    'a.b.c.d',
    '.e30.',
    'bnVsbA.bnVsbA.bnVsbA',
    'W10.W10.W10',
    '\u0000.\u0000.\u0000',
  ])('what is no token: %j', async (token) => {
    expect(await reason(`Bearer ${token}`)).toBe(invalid('the token cannot be read'));
  });

  it('a payload that is no object, signed with the right key', async () => {
    for (const payload of ['null', '[]', '"text"', '7', '{', '']) {
      const { CompactSign } = await import('jose');
      const token = await new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: 'RS256', kid: own.jwk.kid })
        .sign(own.privateKey);
      expect(await reason(`Bearer ${token}`)).toBe(invalid('the token cannot be read'));
    }
  });

  it('a token of 16 KB, though it is genuine', async () => {
    const token = await signed({ ...genuine, padding: 'x'.repeat(16_384) });
    expect(await reason(`Bearer ${token}`)).toBe('401 Bearer');
  });

  it('a header that is not of the form Bearer token', async () => {
    const token = await signed(genuine);
    const headers = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      token,
      `Basic ${token}`,
      `Bearer${token}`,
      ` Bearer ${token}`,
      `Bearer ${token} `,
      `Bearer ${token},Bearer ${token}`,
    ];
    for (const header of headers) expect(await reason(header)).toBe('401 Bearer');
  });

  it.each([undefined, '', 'a\u0000b'])('behind it, a genuine token with the tenant %j', async (tenant_id) => {
    const outcome = await authorize(`Bearer ${await signed({ ...genuine, tenant_id })}`);
    if (!outcome.authorized) throw new Error('the gateway does not look at the tenant');
    await expect(authenticate(operations.listKeys, outcome.authorizer, undefined)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});
