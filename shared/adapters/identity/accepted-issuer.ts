import * as z from 'zod';
import type { JwtVerifierOptions } from './jwt-verifier.ts';

/** The settings of an identity provider of the user's own. */
export const outsideIssuer = z.object({
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  /** Several are divided by commas. */
  OIDC_AUDIENCE: z.string().min(1).optional(),
});

export const isWhole = (env: z.output<typeof outsideIssuer>) =>
  (env.OIDC_ISSUER === undefined) === (env.OIDC_AUDIENCE === undefined);

const whole = outsideIssuer.refine(isWhole, { error: 'OIDC_ISSUER and OIDC_AUDIENCE are set together' });

type Accepted = Pick<JwtVerifierOptions, 'issuer' | 'audience' | 'fetchJwks'>;

/**
 * Whose tokens are accepted: those of the issuer that the environment names in `OIDC_ISSUER` and `OIDC_AUDIENCE`
 * (several divided by commas), or else the service's own. Never both, as on AWS, where an authorizer has one issuer.
 * @throws ZodError when one is set without the other
 */
export function acceptedIssuer<T extends Accepted>(env: Readonly<Record<string, unknown>>, own: T): T {
  const { OIDC_ISSUER, OIDC_AUDIENCE } = whole.parse(env);
  if (OIDC_ISSUER === undefined || OIDC_AUDIENCE === undefined) return own;
  const audience = OIDC_AUDIENCE.split(',').map((value) => value.trim());
  return { ...own, issuer: OIDC_ISSUER, audience, fetchJwks: undefined };
}
