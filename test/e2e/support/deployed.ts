import * as z from 'zod';

/**
 * What `npm run test:deploy` tells of the stacks that it deployed, beyond their address: what the suite needs to make
 * callers of its own. A service elsewhere that does not tell it is tested with less, and the tests say so.
 */
const inside = z.object({
  /** Of the API that takes signatures of IAM. */
  STRATA_SERVICE_URL: z.url(),
  /** Of AWS itself, or of what stands in for it. */
  STRATA_AWS_ENDPOINT: z.url(),
  /** As who may write the table of principals. */
  STRATA_DATABASE_URL: z.url(),
  /** The key of KMS that tokens are signed with. */
  STRATA_IDENTITY_KEY_ARN: z.string(),
  /** Where packs of archived memories are. */
  STRATA_ARCHIVE_BUCKET: z.string(),
});

const parsed = inside.safeParse(process.env);

/** Undefined where the target is local, or does not say. */
export const deployed = parsed.success
  ? {
      serviceUrl: parsed.data.STRATA_SERVICE_URL.replace(/\/+$/, ''),
      endpoint: parsed.data.STRATA_AWS_ENDPOINT,
      databaseUrl: parsed.data.STRATA_DATABASE_URL,
      identityKeyArn: parsed.data.STRATA_IDENTITY_KEY_ARN,
      archiveBucket: parsed.data.STRATA_ARCHIVE_BUCKET,
    }
  : undefined;
