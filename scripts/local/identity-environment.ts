import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The identity settings of a single machine, wherever the environment does not say otherwise. The host that
 * serves and the command that prints a token both start from these: the token of one is accepted by the other.
 * The issuer is fixed and not taken from each request, because a service that is reached as `localhost` and as
 * `127.0.0.1` would else be two issuers.
 */
export const identityEnvironment = (env: Environment) => ({
  IDENTITY_SIGNER: env.IDENTITY_SIGNER ?? 'local',
  IDENTITY_KEY_DIR: env.IDENTITY_KEY_DIR ?? join(env.STRATA_DATA ?? '.strata', 'identity'),
  IDENTITY_KMS_KEY_ID: env.IDENTITY_KMS_KEY_ID,
  IDENTITY_ISSUER: env.IDENTITY_ISSUER ?? `http://127.0.0.1:${env.PORT ?? '8009'}`,
  IDENTITY_AUDIENCE: env.IDENTITY_AUDIENCE ?? 'strata',
});
