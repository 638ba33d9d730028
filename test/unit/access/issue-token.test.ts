import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKey } from '../../../shared/access/create-key.ts';
import { issueToken } from '../../../shared/access/issue-token.ts';
import type { TokenSigner } from '../../../shared/access/ports.ts';
import { inMemoryApiKeyStore } from '../../../shared/adapters/in-memory/api-keys.ts';
import { at, callerWith, memorySigner } from './support.ts';

const clock = at('2026-03-01T10:00:00.400Z');
const second = Date.parse('2026-03-01T10:00:00Z') / 1_000;
const baseUrl = 'https://memory.example';
let tokenSigner: TokenSigner;
beforeAll(async () => {
  tokenSigner = (await memorySigner()).signer;
});

async function withKey(fields: { expiresAt?: string } = {}) {
  const deps = { apiKeys: inMemoryApiKeyStore(), tokenSigner, clock };
  const body = { name: 'ci', role: 'writer', ...fields } as const;
  return { deps, ...(await createKey(body, callerWith('*'), deps)) };
}

describe('issueToken', () => {
  it('gives a token of 15 minutes that names tenant, key and scopes', async () => {
    const { deps, key, secret } = await withKey();
    const answer = await issueToken(secret, baseUrl, deps);
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'memory:read memory:write',
    });
    expect(decodeJwt(answer.access_token)).toEqual({
      iss: baseUrl,
      aud: 'strata',
      sub: `key:${key.id}`,
      tenant_id: 'acme',
      scope: 'memory:read memory:write',
      iat: second - 5,
      nbf: second - 5,
      exp: second + 900,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('names the configured issuer, whatever address it was called under', async () => {
    const { deps, secret } = await withKey();
    const settled = { ...deps, tokenSigner: { ...tokenSigner, issuer: 'https://issuer.example' } };
    const answer = await issueToken(secret, 'https://forged-host.example', settled);
    expect(decodeJwt(answer.access_token).iss).toBe('https://issuer.example');
  });

  it('gives every token an id of its own', async () => {
    const { deps, secret } = await withKey();
    const answers = await Promise.all([1, 2, 3].map(() => issueToken(secret, baseUrl, deps)));
    expect(new Set(answers.map((answer) => decodeJwt(answer.access_token).jti)).size).toBe(3);
  });

  it('never gives a token that outlives its key', async () => {
    const { deps, secret } = await withKey({ expiresAt: '2026-03-01T10:01:30.000Z' });
    const answer = await issueToken(secret, baseUrl, deps);
    expect(answer.expires_in).toBe(89);
    expect(decodeJwt(answer.access_token).exp).toBe(second + 89);
  });

  it('refuses everything else with one and the same error', async () => {
    const good = await withKey();
    const expired = await withKey({ expiresAt: '2026-03-01T10:00:00.401Z' });
    const revoked = await withKey();
    await revoked.deps.apiKeys.revoke('acme', revoked.key.id, '2026-03-01T10:00:00.000Z');
    const flipped = good.secret.at(-1) === 'A' ? 'B' : 'A';
    const attempts: [string, Promise<unknown>][] = [
      ['absent', issueToken(undefined, baseUrl, good.deps)],
      ['empty', issueToken('', baseUrl, good.deps)],
      ['malformed', issueToken("strata_sk_1_' or true --", baseUrl, good.deps)],
      ['padded', issueToken(`${good.secret} `, baseUrl, good.deps)],
      ['with a newline', issueToken(`${good.secret}\n`, baseUrl, good.deps)],
      ['of 100 KB', issueToken(`strata_${'x'.repeat(100_000)}`, baseUrl, good.deps)],
      ['one character off', issueToken(good.secret.slice(0, -1) + flipped, baseUrl, good.deps)],
      ['other id, right random part', issueToken(good.secret.replace(/sk_./, 'sk_f'), baseUrl, good.deps)],
      ["another key's random part", issueToken(good.secret, baseUrl, revoked.deps)],
      ['the id alone', issueToken(good.key.id, baseUrl, good.deps)],
      [
        'expired',
        issueToken(expired.secret, baseUrl, { ...expired.deps, clock: at('2026-03-01T10:00:01Z') }),
      ],
      ['in its last second', issueToken(expired.secret, baseUrl, expired.deps)],
      ['revoked', issueToken(revoked.secret, baseUrl, revoked.deps)],
    ];
    const outcomes = await Promise.all(
      attempts.map(([name, attempt]) =>
        attempt.then(
          () => `${name}: accepted`,
          (error) => `${error.code}: ${error.message} ${JSON.stringify(error.details)}`,
        ),
      ),
    );
    expect(new Set(outcomes)).toEqual(
      new Set(['unauthenticated: The header x-api-key must hold a valid API key. {}']),
    );
  });
});
