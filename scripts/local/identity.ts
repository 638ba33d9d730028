import type { Grant } from '../../shared/access/grants.ts';
import { mintToken } from '../../shared/access/mint-token.ts';
import { acceptedIssuer } from '../../shared/adapters/identity/accepted-issuer.ts';
import { tokenSignerProvider } from '../../shared/adapters/identity/provider.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { jwtAuthorizer } from './authorizer.ts';
import type { Environment } from './settings.ts';

export interface TokenOptions {
  tenant: string;
  /** All of them by default. */
  scopes?: readonly Grant[];
  lifetimeSeconds?: number;
}

/** Whom this host believes, and tokens of its own issuer. */
export interface LocalIdentity {
  /** The host's own issuer. */
  issuer: string;
  authorize: ReturnType<typeof jwtAuthorizer>;
  /** Absent where the user's own identity provider issues the tokens. */
  token: ((options: TokenOptions) => Promise<string>) | undefined;
}

const halfADay = 43_200;

/** @param env with the settings of the issuer, as the functions have them */
export function localIdentity(env: Environment, logger: Logger): LocalIdentity {
  const tokenSigner = tokenSignerProvider.build(tokenSignerProvider.config.parse(env), {
    clock: systemClock,
    logger,
  });
  const { issuer } = tokenSigner;
  if (issuer === undefined) throw new Error('the local identity has no issuer');
  const own = {
    issuer,
    audience: [tokenSigner.audience],
    fetchJwks: async () => ({ keys: await tokenSigner.publicKeys() }),
    logger,
  };
  const accepted = acceptedIssuer(env, own);
  const token = ({ tenant, scopes = ['*'], lifetimeSeconds = halfADay }: TokenOptions) =>
    mintToken(
      { issuer, tenantId: tenant, subject: 'operator', grants: scopes, lifetimeSeconds },
      { tokenSigner, clock: systemClock },
    );
  return {
    issuer,
    authorize: jwtAuthorizer(accepted),
    token: accepted.issuer === issuer ? token : undefined,
  };
}
