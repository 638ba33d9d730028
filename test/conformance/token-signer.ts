import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import type { TokenSigner } from '../../shared/access/ports.ts';

/** What every signer must do; its signatures are checked with an independent implementation of JOSE. */
export function describeTokenSigner(name: string, make: () => Promise<TokenSigner>): void {
  const claims = { sub: 'key:sk_1', tenant_id: 'zażółć 🔑', exp: 1_900_000_000 };

  describe(`TokenSigner: ${name}`, () => {
    it('shows one RSA key for signatures, named by its RFC 7638 thumbprint', async () => {
      const [jwk] = (await (await make()).publicKeys()) as JWK[];
      expect(jwk).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
      expect(jwk?.kid).toBe(await calculateJwkThumbprint(jwk!));
    });

    it('shows nothing of the private half', async () => {
      const [jwk] = await (await make()).publicKeys();
      expect(Object.keys(jwk!).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    });

    it('signs what its public key verifies, claims unchanged', async () => {
      const signer = await make();
      const [jwk] = (await signer.publicKeys()) as JWK[];
      const token = await signer.sign(claims);
      const { payload, protectedHeader } = await compactVerify(token, await importJWK(jwk!));
      expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(claims);
      expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: jwk?.kid });
    });

    it('signs claims of more than four kilobytes', async () => {
      const signer = await make();
      const [jwk] = (await signer.publicKeys()) as JWK[];
      const token = await signer.sign({ ...claims, note: 'x'.repeat(5_000) });
      await expect(compactVerify(token, await importJWK(jwk!))).resolves.toBeDefined();
    });

    it('serves many callers at once with one key', async () => {
      const signer = await make();
      const tokens = await Promise.all(Array.from({ length: 8 }, (_, n) => signer.sign({ ...claims, n })));
      const headers = new Set(tokens.map((token) => token.split('.')[0]));
      expect(new Set(tokens).size).toBe(8);
      expect(headers.size).toBe(1);
    });
  });
}
