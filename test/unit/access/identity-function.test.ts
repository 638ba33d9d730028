import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { handlers } from '../../../functions/api-identity/handler.ts';
import { spec } from '../../../functions/api-identity/spec.ts';
import { jwtAuthorizer } from '../../../scripts/local/authorizer.ts';
import { inMemoryApiKeyStore } from '../../../shared/adapters/in-memory/api-keys.ts';
import { inMemoryPrincipalStore } from '../../../shared/adapters/in-memory/principals.ts';
import { identityOperations } from '../../../shared/contracts/identity/operations.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import type { RequestContext } from '../../../shared/runtime/handlers.ts';
import { limitDeps } from '../../support/limits.ts';
import { callerWith, memorySigner } from './support.ts';

const baseUrl = 'https://memory.example';
const nothing = { params: undefined, query: undefined, body: undefined };
let identity: ReturnType<typeof handlers>;
beforeAll(async () => {
  const { signer } = await memorySigner();
  identity = handlers({
    apiKeys: inMemoryApiKeyStore(),
    principals: inMemoryPrincipalStore({}),
    tokenSigner: signer,
    clock: systemClock,
    logger: silentLogger,
    ...limitDeps(),
  });
});

const context = (headers: Record<string, string> = {}): RequestContext<never> => ({
  requestId: 'r-1',
  caller: callerWith('*'),
  headers,
  baseUrl,
  deadline: new Date(Date.now() + 5_000),
});
const create = (role: 'reader' | 'writer') =>
  identity.createKey({ ...nothing, body: { name: 'ci', role } }, context());

describe('api-identity', () => {
  it('has a handler for each operation of its table', () => {
    expect(Object.keys(identity).sort()).toEqual(Object.keys(spec.trigger.operations).sort());
  });

  it('gives a token that its own published key verifies, from key to authorizer', async () => {
    const { body } = await create('writer');
    const answer = await identity.issueToken(nothing, context({ 'x-api-key': body.secret }));
    const jwks = await identity.jwks(nothing, context());
    const authorize = jwtAuthorizer({
      issuer: baseUrl,
      audience: ['strata'],
      fetchJwks: async () => ({ keys: jwks.body.keys.map((key) => ({ kty: 'RSA', ...key })) }),
    });
    expect(await authorize(`Bearer ${answer.body.access_token}`)).toMatchObject({
      authorizer: { jwt: { claims: { tenant_id: 'acme', scope: 'memory:read memory:write' } } },
    });
  });

  it('answers secrets and tokens with no-store', async () => {
    const made = await create('reader');
    const token = await identity.issueToken(nothing, context({ 'x-api-key': made.body.secret }));
    for (const answer of [made, token]) expect(answer.headers).toEqual({ 'cache-control': 'no-store' });
  });

  it('shows a secret once: never in a list, an answer to revoking, or a token', async () => {
    const { body } = await create('reader');
    const list = await identity.listKeys(nothing, context());
    const token = await identity.issueToken(nothing, context({ 'x-api-key': body.secret }));
    const revoked = await identity.revokeKey({ ...nothing, params: { id: body.key.id } }, context());
    const shown = JSON.stringify([list, decodeJwt(token.body.access_token), revoked]);
    expect(list.body.keys).toContainEqual(body.key);
    expect(shown).not.toContain(body.secret.slice(-43));
    expect(shown).not.toMatch(/hash/i);
  });

  it('gives no token for a key that was revoked', async () => {
    const { body } = await create('reader');
    await identity.revokeKey({ ...nothing, params: { id: body.key.id } }, context());
    await expect(identity.issueToken(nothing, context({ 'x-api-key': body.secret }))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('describes itself with addresses under its issuer, as the contract says', async () => {
    const { body } = await identity.discovery(nothing, context());
    expect(identityOperations.discovery.responses[200].parse(body)).toEqual({
      issuer: baseUrl,
      jwks_uri: `${baseUrl}/.well-known/jwks.json`,
      token_endpoint: `${baseUrl}/v1/token`,
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
    });
  });
});
