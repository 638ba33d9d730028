import { createHash } from 'node:crypto';

/**
 * The name of a pack's object. The tenant is hashed: a name can hold any character, and two that differ in case, in a
 * space or in their normal form must not meet, nor one be the beginning of another.
 */
export const objectKey = (tenantId: string, packId: string): string =>
  `archive/${createHash('sha256').update(tenantId).digest('hex')}/${packId}`;
