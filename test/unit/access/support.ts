import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { expandGrants } from '../../../shared/access/grants.ts';
import type { TokenSigner } from '../../../shared/access/ports.ts';
import { publicJwk } from '../../../shared/adapters/identity/public-jwk.ts';
import type { Caller } from '../../../shared/contracts/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';

export const at = (iso: string): Clock => ({ now: () => new Date(iso) });

export const callerWith = (...grants: string[]): Caller => ({
  tenantId: 'acme',
  subject: 'key:sk_creator',
  scopes: expandGrants(grants),
});

/** An RSA key of its own for each test file that asks; making one takes a tenth of a second. */
export async function memorySigner(issuer: string | undefined = undefined) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const jwk = await publicJwk(publicKey);
  const signer: TokenSigner = {
    issuer,
    audience: 'strata',
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: jwk.kid }).sign(privateKey),
    publicKeys: async () => [jwk],
  };
  return { signer, privateKey, publicKey, jwk };
}

/** A directory that is gone after `use`. */
export async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'strata-access-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
