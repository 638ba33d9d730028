import * as z from 'zod';
import { type ErrorCode, errorStatus } from '../errors.ts';
import { subscriptionFilter, syncEvents } from './subscription.ts';

/** The `id` of the client's message that this one answers. */
const inReplyTo = z.string().optional();
const time = z.iso.datetime();

/**
 * Every message that a client may get, by its `type`. More fields may come with a later version.
 *
 * - `sync`: something happened. `sequence` grows with every event of the tenant, so events in its order are events
 *   in theirs; an event that comes twice has the same one. `cursor` is what `subscribe` takes as `after`.
 * - `resync`: events after `missingSince` that are older than `keptSince` are no longer kept: read the memories
 *   again over HTTP. Events that are kept follow.
 * - `subscribed.more`: there may be more events than one answer holds. Nothing new comes before the rest is asked
 *   for, with `subscribe` and this `cursor`.
 * - `message.messageId` is what `ack` takes; `subject` is the verified name of who sent it, `from` the name that
 *   it gave itself.
 * - `sent.recipients`: connections that the message was handed to. Nobody keeps it for those that were away.
 * - `error`: the connection goes on, unless `closing` says otherwise.
 */
export const serverMessages = {
  identified: z.object({
    type: z.literal('identified'),
    inReplyTo,
    connectionId: z.string(),
    serviceId: z.string(),
    /** Whether events come without `subscribe`. */
    subscribed: z.boolean(),
    cursor: z.string(),
    /** When the token ends, and with it the connection. */
    expiresAt: time,
  }),
  subscribed: z.object({
    type: z.literal('subscribed'),
    inReplyTo,
    filter: subscriptionFilter,
    cursor: z.string(),
    /** Events that came before this message because they had been missed. */
    replayed: z.number().int(),
    more: z.boolean(),
  }),
  unsubscribed: z.object({ type: z.literal('unsubscribed'), inReplyTo }),
  resync: z.object({ type: z.literal('resync'), missingSince: time, keptSince: time }),
  sync: z.object({
    type: z.literal('sync'),
    cursor: z.string(),
    sequence: z.number().int().positive(),
    event: z.object({
      id: z.string(),
      type: z.enum(syncEvents),
      occurredAt: z.string(),
      /** As on the bus: names the memory and its version, never its content. */
      data: z.record(z.string(), z.unknown()),
    }),
  }),
  message: z.object({
    type: z.literal('message'),
    messageId: z.string(),
    from: z.string(),
    subject: z.string(),
    data: z.unknown(),
  }),
  sent: z.object({
    type: z.literal('sent'),
    inReplyTo,
    messageId: z.string(),
    recipients: z.number().int(),
  }),
  acknowledged: z.object({
    type: z.literal('acknowledged'),
    inReplyTo,
    messageId: z.string(),
    /** The service that took it. */
    by: z.string(),
  }),
  pong: z.object({ type: z.literal('pong'), inReplyTo }),
  error: z.object({
    type: z.literal('error'),
    inReplyTo,
    code: z.enum(Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    requestId: z.string(),
    /** What validation found, place by place. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** The service ends the connection after this. */
    closing: z.literal(true).optional(),
  }),
} as const;

export type ServerMessageType = keyof typeof serverMessages;
export type ServerMessage<T extends ServerMessageType = ServerMessageType> = T extends ServerMessageType
  ? z.input<(typeof serverMessages)[T]>
  : never;
