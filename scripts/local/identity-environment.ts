import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Environment, withoutEmpty } from './settings.ts';

/**
 * The identity settings of a single machine, wherever the environment does not say otherwise. The host that
 * serves and the command that prints a token both start from these: the token of one is accepted by the other.
 * The issuer is fixed and not taken from each request, because a service that is reached as `localhost` and as
 * `127.0.0.1` would else be two issuers.
 */
export const identityEnvironment = (env: Environment) => {
  const given = withoutEmpty(env);
  return {
    IDENTITY_SIGNER: given.IDENTITY_SIGNER ?? 'local',
    IDENTITY_KEY_DIR: given.IDENTITY_KEY_DIR ?? join(given.STRATA_DATA ?? '.strata', 'identity'),
    IDENTITY_KMS_KEY_ID: given.IDENTITY_KMS_KEY_ID,
    IDENTITY_ISSUER: given.IDENTITY_ISSUER ?? `http://127.0.0.1:${given.PORT ?? '8009'}`,
    IDENTITY_AUDIENCE: given.IDENTITY_AUDIENCE ?? 'strata',
  };
};

const issuerFile = (env: Environment) => join(identityEnvironment(env).IDENTITY_KEY_DIR, 'issuer');

/** Notes under which issuer the host serves, for whoever prints a token without knowing its port. */
export async function recordIssuer(env: Environment, issuer: string): Promise<void> {
  const file = issuerFile(env);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, issuer, { mode: 0o600 });
}

/** The identity settings of the host that served last on this data, unless the environment says otherwise. */
export async function identityEnvironmentOfHost(env: Environment) {
  if (env.IDENTITY_ISSUER || env.PORT) return identityEnvironment(env);
  const issuer = await readFile(issuerFile(env), 'utf8').catch(() => undefined);
  return identityEnvironment({ ...env, IDENTITY_ISSUER: issuer });
}
