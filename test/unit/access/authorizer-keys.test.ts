import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { jwtAuthorizer } from '../../../scripts/local/authorizer.ts';
import { mintToken } from '../../../shared/access/mint-token.ts';
import { acceptedIssuer } from '../../../shared/adapters/identity/accepted-issuer.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { memorySigner } from './support.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** An issuer of its own on the loopback; `documents` answers by path. */
async function issuerServing(documents: (issuer: string) => Record<string, unknown>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const document = documents(issuer)[request.url ?? ''];
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { issuer, requests };
}

const tokenOf = (issuer: string, tokenSigner: Awaited<ReturnType<typeof memorySigner>>['signer']) =>
  mintToken(
    { issuer, tenantId: 'acme', subject: 'key:sk_1', grants: ['*'], lifetimeSeconds: 60 },
    { tokenSigner, clock: systemClock },
  );

describe('keys of the issuer', () => {
  it("are found by the issuer's discovery document, and read once", async () => {
    const { signer, jwk } = await memorySigner();
    const { issuer, requests } = await issuerServing((self) => ({
      '/.well-known/openid-configuration': { issuer: self, jwks_uri: `${self}/keys` },
      '/keys': { keys: [jwk] },
    }));
    const authorize = jwtAuthorizer({ issuer, audience: ['strata'] });
    for (const _ of [1, 2, 3]) {
      expect((await authorize(`Bearer ${await tokenOf(issuer, signer)}`)).authorized).toBe(true);
    }
    expect(requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('are refused from a discovery document of another issuer', async () => {
    const { signer, jwk } = await memorySigner();
    const { issuer, requests } = await issuerServing((self) => ({
      '/.well-known/openid-configuration': { issuer: 'https://other.example', jwks_uri: `${self}/keys` },
      '/keys': { keys: [jwk] },
    }));
    const authorize = jwtAuthorizer({ issuer, audience: ['strata'] });
    expect((await authorize(`Bearer ${await tokenOf(issuer, signer)}`)).authorized).toBe(false);
    expect(requests).not.toContain('/keys');
  });

  it('out of reach refuse everyone, are logged, and are tried again', async () => {
    const { signer, jwk } = await memorySigner();
    const warnings: string[] = [];
    let reachable = false;
    const authorize = jwtAuthorizer({
      issuer: 'https://memory.example',
      audience: ['strata'],
      logger: { ...silentLogger, warn: (message) => warnings.push(message) },
      fetchJwks: async () => {
        if (!reachable) throw new Error('down');
        return { keys: [jwk] };
      },
    });
    const header = `Bearer ${await tokenOf('https://memory.example', signer)}`;
    expect(await authorize(header)).toMatchObject({ authorized: false, statusCode: 401 });
    expect(warnings).toEqual(['The keys of the issuer cannot be read.']);
    reachable = true;
    expect((await authorize(header)).authorized).toBe(true);
  });

  it('are not read for a token that cannot be genuine, nor again for each unknown key', async () => {
    const { jwk } = await memorySigner();
    const stranger = (await memorySigner()).signer;
    let reads = 0;
    const issuer = 'https://memory.example';
    const authorize = jwtAuthorizer({
      issuer,
      audience: ['strata'],
      fetchJwks: async () => {
        reads += 1;
        return { keys: [jwk] };
      },
    });
    await authorize('Bearer a.b.c');
    await authorize(undefined);
    expect(reads).toBe(0);
    for (const _ of [1, 2, 3, 4]) await authorize(`Bearer ${await tokenOf(issuer, stranger)}`);
    expect(reads).toBe(1);
  });
});

describe('acceptedIssuer', () => {
  const own = {
    issuer: 'http://127.0.0.1:8009',
    audience: ['strata'],
    fetchJwks: async () => ({ keys: [] }),
  };

  it('is the own one where the environment names no other', () => {
    expect(acceptedIssuer({}, own)).toEqual(own);
  });

  it('is the other one alone where it is named, with keys from its own address', () => {
    const env = { OIDC_ISSUER: 'https://login.example/', OIDC_AUDIENCE: 'memory, console' };
    expect(acceptedIssuer(env, own)).toEqual({
      issuer: 'https://login.example/',
      audience: ['memory', 'console'],
      fetchJwks: undefined,
    });
  });

  it.each([
    { OIDC_ISSUER: 'https://login.example' },
    { OIDC_AUDIENCE: 'memory' },
    { OIDC_ISSUER: 'login.example', OIDC_AUDIENCE: 'memory' },
  ])('refuses half a setting: %j', (env) => {
    expect(() => acceptedIssuer(env, own)).toThrow();
  });
});
