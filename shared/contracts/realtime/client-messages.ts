import * as z from 'zod';
import { cursor, name } from '../fields.ts';
import type { Scope } from '../scopes.ts';
import { subscriptionFilter } from './subscription.ts';

/** Repeated in the answer as `inReplyTo`. */
const id = name.optional();
/** What one client says to another; the service looks at its size alone. */
const data = z.unknown().refine((value) => value !== undefined, { error: 'is missing' });

/**
 * Every message that a client may send, by its `type`, with the scope that it takes.
 *
 * - `identify` names the service behind the connection. Until it subscribes to something else, it hears every
 *   event of its `capabilities`; `memory` is the one that has events, and an empty list stands for all.
 * - `subscribe` replaces what the client hears. With `after`, a cursor of an earlier event, what it missed since
 *   comes first.
 * - `broadcast` goes to every other connection of the tenant, `send` to those that identified as `to`.
 * - `ack` tells the sender of a message that it was taken.
 */
export const clientMessages = {
  identify: {
    scope: 'authenticated',
    schema: z.strictObject({
      type: z.literal('identify'),
      id,
      serviceId: name,
      capabilities: z.array(name).max(32).default([]),
    }),
  },
  subscribe: {
    scope: 'memory:read',
    schema: z.strictObject({
      type: z.literal('subscribe'),
      id,
      filter: subscriptionFilter.default({}),
      after: cursor.optional(),
    }),
  },
  unsubscribe: { scope: 'authenticated', schema: z.strictObject({ type: z.literal('unsubscribe'), id }) },
  broadcast: {
    scope: 'memory:write',
    schema: z.strictObject({ type: z.literal('broadcast'), id, data }),
  },
  send: {
    scope: 'memory:write',
    schema: z.strictObject({ type: z.literal('send'), id, to: name, data }),
  },
  ack: {
    scope: 'authenticated',
    schema: z.strictObject({ type: z.literal('ack'), id, messageId: z.string().min(1).max(2_048) }),
  },
  ping: { scope: 'authenticated', schema: z.strictObject({ type: z.literal('ping'), id }) },
} as const satisfies Record<string, { scope: Scope | 'authenticated'; schema: z.ZodObject }>;

export type ClientMessageType = keyof typeof clientMessages;
export type ClientMessage<T extends ClientMessageType = ClientMessageType> = T extends ClientMessageType
  ? z.output<(typeof clientMessages)[T]['schema']>
  : never;
