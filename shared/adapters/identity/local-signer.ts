import { createPublicKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { TokenSigner } from '../../access/ports.ts';
import { AppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import { publicJwk } from './public-jwk.ts';
import { signingKeyFile } from './signing-key-file.ts';

export interface IssuerSettings {
  issuer: string | undefined;
  audience: string;
}

/** Signs with an RSA key kept in a file: the issuer of a single machine. Nothing is read before the first use. */
export function localSigner({ directory, ...settings }: IssuerSettings & { directory: string }): TokenSigner {
  const keys = loadOnce(async () => {
    try {
      const privateKey = await signingKeyFile(directory);
      return { privateKey, jwk: await publicJwk(createPublicKey(privateKey)) };
    } catch (cause) {
      throw new AppError('internal', 'The signing key cannot be read or created.', { cause });
    }
  });
  return {
    ...settings,
    async sign(claims) {
      const { privateKey, jwk } = await keys();
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: jwk.kid })
        .sign(privateKey);
    },
    async publicKeys() {
      return [(await keys()).jwk];
    },
  };
}
