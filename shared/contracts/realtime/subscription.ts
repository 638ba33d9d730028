import * as z from 'zod';
import type { EventType } from '../events.ts';
import { name } from '../fields.ts';
import { memoryTypes } from '../memory/model.ts';

/** Events that reach clients over WebSocket. */
export const syncEvents = [
  'memory.stored',
  'memory.updated',
  'memory.deleted',
  'memory.archived',
  'memory.restored',
] as const satisfies readonly EventType[];

/** Which events a client wants: those that fit every field that is given. An empty one fits all. */
export const subscriptionFilter = z.strictObject({
  events: z.array(z.enum(syncEvents)).min(1).max(syncEvents.length).optional(),
  agentId: name.optional(),
  conversationId: name.optional(),
  memoryTypes: z.array(z.enum(memoryTypes)).min(1).max(memoryTypes.length).optional(),
});
export type SubscriptionFilter = z.output<typeof subscriptionFilter>;
