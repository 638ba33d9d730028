import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jwtAuthorizer } from '../../../scripts/local/authorizer.ts';
import { identityEnvironment } from '../../../scripts/local/identity-environment.ts';
import { localSigner } from '../../../shared/adapters/identity/local-signer.ts';

const script = fileURLToPath(new URL('../../../scripts/token.ts', import.meta.url));
let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'strata-token-'));
});
afterAll(() => rm(data, { recursive: true }));

/** The command in a process of its own, with nothing of this one's settings. */
const token = (args: string[], env: Record<string, string> = {}, cwd?: string) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd, env: { PATH: process.env.PATH, STRATA_DATA: data, ...env } };
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

describe('the command token', () => {
  it('ends with one key when several processes start on an empty folder', async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => token(['--tenant', 'acme', '--scopes', '*'])));
    const kids = runs.map(({ stdout }) => decodeProtectedHeader(stdout.trim()).kid);
    expect(new Set(kids).size).toBe(1);
  });

  it('prints a token that the local gateway accepts, and nothing else', async () => {
    const run = await token(['--tenant', 'acme', '--scopes', 'memory:read, memory:write', '--ttl', '15m']);
    expect(run).toEqual({ code: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/), stderr: '' });

    const settings = identityEnvironment({ STRATA_DATA: data });
    const [jwk] = await localSigner({
      directory: settings.IDENTITY_KEY_DIR,
      issuer: undefined,
      audience: settings.IDENTITY_AUDIENCE,
    }).publicKeys();
    const authorize = jwtAuthorizer({
      issuer: settings.IDENTITY_ISSUER,
      audience: [settings.IDENTITY_AUDIENCE],
      fetchJwks: async () => ({ keys: [{ kty: 'RSA', ...jwk }] }),
    });
    expect(await authorize(`Bearer ${run.stdout.trim()}`)).toMatchObject({
      authorizer: {
        jwt: { claims: { tenant_id: 'acme', sub: 'operator', scope: 'memory:read memory:write' } },
      },
    });
  });

  it('takes an empty variable for none, so that the key is where the service looks for it', async () => {
    const elsewhere = await mkdtemp(join(data, 'empty-'));
    const env = { STRATA_DATA: '', PORT: '', IDENTITY_ISSUER: '' };
    const run = await token(['--tenant', 'acme', '--role', 'reader'], env, elsewhere);
    expect(decodeJwt(run.stdout).iss).toBe('http://127.0.0.1:8009');
    expect(await readdir(elsewhere)).toEqual(['.strata']);
  });

  it('takes a role, a subject, and the port and audience of the environment', async () => {
    const run = await token(['--tenant', 'acme', '--role', 'reader', '--subject', 'alice', '--ttl', '1d'], {
      PORT: '9001',
      IDENTITY_AUDIENCE: 'other',
    });
    const claims = decodeJwt(run.stdout);
    expect(claims).toMatchObject({
      iss: 'http://127.0.0.1:9001',
      aud: 'other',
      sub: 'alice',
      scope: 'memory:read',
    });
    expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(86_405);
  });

  it.each([
    [[], 'usage: '],
    [['--tenant', 'acme'], 'give either --scopes or --role'],
    [['--tenant', 'acme', '--scopes', '*', '--role', 'admin'], 'give either --scopes or --role'],
    [['--tenant', '', '--scopes', '*'], 'usage: '],
    [['--tenant', 'acme', '--scopes', ' '], '--scopes are '],
    [['--tenant', 'acme', '--scopes', 'memory:read memory:admin'], '--scopes are '],
    [['--tenant', 'acme', '--role', 'root'], '--role is one of reader'],
    [['--tenant', 'acme', '--role', 'admin', '--ttl', '0s'], '--ttl is '],
    [['--tenant', 'acme', '--role', 'admin', '--ttl', '31d'], '--ttl is '],
    [['--tenant', 'acme', '--role', 'admin', '--ttl', '15'], '--ttl is '],
    [['--tenant', 'acme', '--scope', '*'], 'usage: '],
  ])('answers %j with one line and 2', async (args, start) => {
    const run = await token(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^[^\n]+\n$/);
    expect(run.stderr.startsWith(start)).toBe(true);
  });

  it('says in one line that it cannot keep a key', async () => {
    const run = await token(['--tenant', 'acme', '--role', 'admin'], { STRATA_DATA: script });
    expect(run).toEqual({ code: 1, stdout: '', stderr: 'The signing key cannot be read or created.\n' });
  });
});
