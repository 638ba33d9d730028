import * as z from 'zod';
import { defaultRedactionPolicy, personalDataKinds, redactionActions } from './kinds.ts';
import { type Redactor, redactor } from './redactor.ts';
import { tenantTokenKey } from './tokens.ts';

const policy = z.partialRecord(z.enum(personalDataKinds), z.enum(redactionActions));

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

/**
 * `REDACTION_POLICY`: JSON from kind to action, for the kinds whose default is not wanted.
 * `REDACTION_KEY`: base64 of at least 32 random bytes, needed when a kind is tokenised.
 */
export const redactionConfig = z.object({
  REDACTION_POLICY: jsonText
    .pipe(policy)
    .default({})
    .transform((chosen) => ({ ...defaultRedactionPolicy, ...chosen })),
  REDACTION_KEY: z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((key) => key.byteLength >= 32, { error: 'must be base64 of at least 32 bytes' })
    .optional(),
});
export type RedactionConfig = z.output<typeof redactionConfig>;

/**
 * The redactor of each tenant; tokens of one tenant mean nothing to another.
 * @throws RangeError at once when the policy tokenises and there is no key.
 */
export function redactorFromConfig(config: RedactionConfig): (tenantId: string) => Redactor {
  const { REDACTION_POLICY: chosen, REDACTION_KEY: key } = config;
  if (key === undefined) {
    const shared = redactor(chosen);
    return () => shared;
  }
  return (tenantId) => redactor(chosen, { key: tenantTokenKey(key, tenantId) });
}
