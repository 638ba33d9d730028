import * as z from 'zod';
import { memoryId, name } from './fields.ts';

/**
 * A message of the queue `graph-changes`: a claim check that says which memory changed, never how. The consumer
 * reads the current state, so a lost, repeated or reordered message does no harm.
 */
export const graphChange = z.strictObject({
  schemaVersion: z.literal(1),
  tenantId: name,
  memoryId,
  version: z.number().int().positive(),
});
export type GraphChange = z.output<typeof graphChange>;
