import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localSigner } from '../../../shared/adapters/identity/local-signer.ts';
import { tokenSignerProvider } from '../../../shared/adapters/identity/provider.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { describeTokenSigner } from '../../conformance/token-signer.ts';
import { inDirectory } from './support.ts';

const signerIn = (directory: string) => localSigner({ directory, issuer: undefined, audience: 'strata' });
const kidOf = async (directory: string) => (await signerIn(directory).publicKeys())[0]?.kid;

describeTokenSigner('local', () =>
  inDirectory(async (directory) => {
    const signer = signerIn(directory);
    await signer.publicKeys();
    return signer;
  }),
);

describe('localSigner', () => {
  it('keeps its key, readable by the owner alone, and nothing else', () =>
    inDirectory(async (parent) => {
      const directory = join(parent, 'not', 'there', 'yet');
      const first = await kidOf(directory);
      expect(await kidOf(directory)).toBe(first);
      expect(await readdir(directory)).toEqual(['signing-key.pem']);
      expect((await stat(join(directory, 'signing-key.pem'))).mode & 0o777).toBe(0o600);
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
    }));

  it('ends with one key when many start at once', () =>
    inDirectory(async (directory) => {
      const kids = await Promise.all([1, 2, 3, 4].map(() => kidOf(directory)));
      expect(new Set(kids).size).toBe(1);
      expect(await kidOf(directory)).toBe(kids[0]);
      expect(await readdir(directory)).toEqual(['signing-key.pem']);
    }));

  it('creates nothing before its first use', () =>
    inDirectory(async (directory) => {
      signerIn(directory);
      expect(await readdir(directory)).toEqual([]);
    }));

  it('does not replace a key file that it cannot read', () =>
    inDirectory(async (directory) => {
      const path = join(directory, 'signing-key.pem');
      await writeFile(path, 'not a key');
      await expect(signerIn(directory).sign({})).rejects.toMatchObject({ code: 'internal' });
      expect(await readFile(path, 'utf8')).toBe('not a key');
    }));
});

describe('tokenSignerProvider', () => {
  const { config, build } = tokenSignerProvider;
  const ambient = { clock: systemClock, logger: silentLogger };
  const missing = (env: Record<string, string>) =>
    config.safeParse(env).error?.issues.map(({ path }) => path.join('.'));

  it('says which setting is missing or wrong', () => {
    expect(missing({})).toEqual(['IDENTITY_SIGNER']);
    expect(missing({ IDENTITY_SIGNER: 'local' })).toEqual(['IDENTITY_KEY_DIR']);
    expect(missing({ IDENTITY_SIGNER: 'kms', IDENTITY_KEY_DIR: '/x' })).toEqual(['IDENTITY_KMS_KEY_ID']);
    const local = { IDENTITY_SIGNER: 'local', IDENTITY_KEY_DIR: '/x' };
    for (const issuer of ['https://a.example/', 'a.example', 'file:///etc/passwd']) {
      expect(missing({ ...local, IDENTITY_ISSUER: issuer })).toContain('IDENTITY_ISSUER');
    }
  });

  it('builds the local signer with its issuer and audience', () =>
    inDirectory(async (directory) => {
      const signer = build(
        config.parse({
          IDENTITY_SIGNER: 'local',
          IDENTITY_KEY_DIR: directory,
          IDENTITY_ISSUER: 'https://memory.example',
        }),
        ambient,
      );
      expect(signer).toMatchObject({ issuer: 'https://memory.example', audience: 'strata' });
      expect((await signer.publicKeys())[0]?.kid).toBe(await kidOf(directory));
    }));

  it('builds the KMS signer without reaching for KMS', () => {
    const signer = build(
      config.parse({
        IDENTITY_SIGNER: 'kms',
        IDENTITY_KMS_KEY_ID: 'alias/strata',
        IDENTITY_AUDIENCE: 'other',
      }),
      ambient,
    );
    expect(signer).toMatchObject({ issuer: undefined, audience: 'other' });
  });
});
