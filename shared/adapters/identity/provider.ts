import * as z from 'zod';
import type { TokenSigner } from '../../access/ports.ts';
import { AppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import type { Provider } from '../../runtime/deps.ts';
import { type IssuerSettings, localSigner } from './local-signer.ts';

const keySetting = { local: 'IDENTITY_KEY_DIR', kms: 'IDENTITY_KMS_KEY_ID' } as const;

/** Which key signs tokens, and what they say of their issuer. */
export const tokenSignerConfig = z
  .object({
    IDENTITY_SIGNER: z.enum(['local', 'kms']),
    /** Directory of the key file; with `local`. */
    IDENTITY_KEY_DIR: z.string().min(1).optional(),
    /** Id, ARN or alias of the key; with `kms`. */
    IDENTITY_KMS_KEY_ID: z.string().min(1).optional(),
    /** Left out, the issuer is the address under which it is called. */
    IDENTITY_ISSUER: z
      .url({ protocol: /^https?$/ })
      .regex(/[^/]$/, { error: 'must not end in a slash: verifiers compare it letter by letter' })
      .optional(),
    IDENTITY_AUDIENCE: z.string().min(1).default('strata'),
  })
  .superRefine((config, context) => {
    const setting = keySetting[config.IDENTITY_SIGNER];
    if (config[setting] === undefined) {
      context.addIssue({ code: 'custom', path: [setting], message: 'must be set for this IDENTITY_SIGNER' });
    }
  });

/** The key's place, which the configuration's own check has found to be there. */
function keyPlace(config: z.output<typeof tokenSignerConfig>): string {
  const place = config[keySetting[config.IDENTITY_SIGNER]];
  if (place === undefined) throw new AppError('internal', 'The signing key is not configured.');
  return place;
}

/** The SDK is loaded at the first use, so that who signs with a file never pays for it. */
function kmsSignerOnDemand(keyId: string, settings: IssuerSettings): TokenSigner {
  const signer = loadOnce(async () => {
    const [{ KMSClient }, { kmsSigner }] = await Promise.all([
      import('@aws-sdk/client-kms'),
      import('./kms-signer.ts'),
    ]);
    return kmsSigner({ keyId, client: new KMSClient({}), ...settings });
  });
  return {
    ...settings,
    sign: async (claims) => (await signer()).sign(claims),
    publicKeys: async () => (await signer()).publicKeys(),
  };
}

export const tokenSignerProvider: Provider<TokenSigner, typeof tokenSignerConfig> = {
  config: tokenSignerConfig,
  build(config) {
    const settings = { issuer: config.IDENTITY_ISSUER, audience: config.IDENTITY_AUDIENCE };
    return config.IDENTITY_SIGNER === 'kms'
      ? kmsSignerOnDemand(keyPlace(config), settings)
      : localSigner({ directory: keyPlace(config), ...settings });
  },
};
