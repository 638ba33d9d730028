import * as z from 'zod';

export const operationKinds = ['read', 'restore'] as const;
export const operationStates = ['running', 'succeeded', 'failed'] as const;

/** Work that outlives the request which began it: how far it is, and about which memory. */
export const operation = z.object({
  operationId: z.string(),
  /** `read`: the archive makes it readable; `restore`: after that it is warm again. */
  kind: z.enum(operationKinds),
  memoryId: z.string(),
  status: z.enum(operationStates),
  createdAt: z.string(),
  finishedAt: z.string().optional(),
  /** Why it failed: a code as errors have it. */
  error: z.string().optional(),
});
export type WireOperation = z.output<typeof operation>;
