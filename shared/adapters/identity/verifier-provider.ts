import * as z from 'zod';
import type { TokenVerifier } from '../../access/ports.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Provider } from '../../runtime/deps.ts';
import { acceptedIssuer, isWhole, outsideIssuer } from './accepted-issuer.ts';
import { jwtVerifier } from './jwt-verifier.ts';
import { tokenSignerConfig, tokenSignerProvider } from './provider.ts';

/** Of the two issuers one is configured whole; the other's settings may be absent. */
const config = z
  .object({ ...outsideIssuer.shape, ...z.object(tokenSignerConfig.shape).partial().shape })
  .superRefine((given, context) => {
    const missing = (variable: string, message: string) =>
      context.addIssue({ code: 'custom', path: [variable], message });
    if (!isWhole(given)) {
      missing(given.OIDC_ISSUER ? 'OIDC_AUDIENCE' : 'OIDC_ISSUER', 'both are set, or none');
    }
    if (given.OIDC_ISSUER !== undefined) return;
    if (given.IDENTITY_ISSUER === undefined) missing('IDENTITY_ISSUER', 'or OIDC_ISSUER must be set');
    for (const { path, message } of tokenSignerConfig.safeParse(given).error?.issues ?? []) {
      missing(String(path[0]), message);
    }
  });

export const tokenVerifierProvider: Provider<TokenVerifier, typeof config> = {
  config,
  build(given, ambient) {
    if (given.OIDC_ISSUER !== undefined) {
      return jwtVerifier({ ...acceptedIssuer(given, { issuer: '', audience: [] }), ...ambient });
    }
    const tokenSigner = tokenSignerProvider.build(tokenSignerConfig.parse(given), ambient);
    const { issuer, audience } = tokenSigner;
    // the configuration's own check has found it to be there
    if (issuer === undefined) throw new AppError('internal', 'The issuer is not configured.');
    return jwtVerifier({
      issuer,
      audience: [audience],
      fetchJwks: async () => ({ keys: await tokenSigner.publicKeys() }),
      ...ambient,
    });
  },
};
