import * as z from 'zod';

/** `available`: how many could be taken at this moment; absent while the limiter cannot be asked. */
const rateStanding = z.object({
  perSecond: z.number(),
  burst: z.number(),
  available: z.number().optional(),
});

/** The tenant's limits by name, and its use of them. */
export const limitsAnswer = z.object({
  rates: z.object({ requests: rateStanding, 'memories-written': rateStanding }),
  quotas: z.object({ 'memories-kept': z.object({ limit: z.number(), used: z.number() }) }),
});
