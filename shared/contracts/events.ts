import * as z from 'zod';
import { storeBody } from './memory/store.ts';

/** The bus's `source` of what this service publishes. */
export const eventSource = 'strata';

const memoryFact = z.strictObject({
  memoryId: z.string(),
  version: z.number().int().positive(),
  memoryType: z.string(),
  agentId: z.string().optional(),
  conversationId: z.string().optional(),
});

/**
 * Detail of each event, inside the envelope. Published ones say what happened and name the memory; they carry
 * no content, so that a subscriber reads it with its own rights. Requested ones come from other services.
 */
export const eventDetails = {
  'memory.stored': memoryFact,
  'memory.updated': memoryFact,
  'memory.deleted': memoryFact.extend({ hard: z.boolean() }),
  'memory.archived': memoryFact,
  'memory.restored': memoryFact,
  'memory.store.requested': z.strictObject({ memory: storeBody }),
} as const;

export type EventType = keyof typeof eventDetails;
export type EventDetail<T extends EventType> = z.output<(typeof eventDetails)[T]>;

/** Around every detail: what, whose, which schema, and an id to recognise a repeated delivery by. */
export const eventEnvelope = z.strictObject({
  id: z.string().min(1).max(255),
  type: z.enum(Object.keys(eventDetails) as [EventType, ...EventType[]]),
  schemaVersion: z.literal(1),
  tenantId: z.string().min(1),
  occurredAt: z.string(),
  data: z.unknown(),
});
export type EventEnvelope = z.output<typeof eventEnvelope>;
