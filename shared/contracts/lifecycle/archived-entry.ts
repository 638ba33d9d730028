import * as z from 'zod';
import { jsonObject } from '../json.ts';

const archivedVersion = z.object({
  version: z.number().int().positive(),
  operation: z.enum(['created', 'updated', 'related', 'deleted']),
  changedAt: z.string(),
  changedBy: z.string(),
  reason: z.string().optional(),
  /** The whole memory as it was written. */
  state: jsonObject,
});
export type ArchivedVersion = z.output<typeof archivedVersion>;

/**
 * One memory in an object of the archive. It is read again years later by another version of the service, so the
 * format says its number and every reader checks it.
 */
export const archivedEntry = z.object({
  format: z.literal(1),
  tenantId: z.string(),
  memoryId: z.string(),
  /** The version that it had; the last of `versions`. */
  version: z.number().int().positive(),
  /** Oldest first: all that no earlier entry of the memory holds. */
  versions: z.array(archivedVersion).min(1),
  /** Of the caller's own vector, whose components follow the JSON as big-endian halves. */
  vector: z.object({ dimension: z.number().int().positive() }).optional(),
});
export type ArchivedEntry = z.output<typeof archivedEntry>;
