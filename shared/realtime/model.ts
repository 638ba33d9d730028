import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import type { SubscriptionFilter, syncEvents } from '../contracts/realtime/subscription.ts';
import type { Scope } from '../contracts/scopes.ts';
import type { JsonObject } from '../kernel/json.ts';

/** A client that is connected, and what its token allowed when it came. */
export interface Connection {
  tenantId: string;
  connectionId: string;
  /** The verified subject of its token. */
  subject: string;
  scopes: readonly Scope[];
  /** When its token ends, and the connection with it. */
  expiresAt: string;
  /** What it calls itself, once it has said so. */
  serviceId?: string;
}

/** A connection that has identified. */
export type Service = Connection & { serviceId: string };

export interface StreamEvent {
  id: string;
  type: (typeof syncEvents)[number];
  occurredAt: string;
  data: JsonObject;
}

/** An event with its place in the tenant's order. */
export interface Streamed extends StreamEvent {
  sequence: number;
  appendedAt: string;
}

/** A place in a tenant's stream: everything up to a sequence, but what had not been pushed to everybody then. */
export interface StreamPosition {
  sequence: number;
  /** When it was the place to be. */
  at: string;
  except: readonly number[];
}

export interface SubscribeRequest {
  filter: SubscriptionFilter;
  after?: StreamPosition;
  /** The most events to replay. */
  limit: number;
}

export interface Subscription {
  /** The last event of the stream, whether it fits the filter or not. */
  head: { sequence: number };
  /**
   * Events that were missed, in order. As long as there are some the connection hears nothing: ask again from behind
   * them.
   */
  missed: Streamed[];
  /** Events between the position and this time are no longer kept. */
  keptSince?: string;
}

/** An answer without what the edge adds to it. */
export type Reply<T extends ServerMessage['type'] = ServerMessage['type']> = Omit<
  ServerMessage<T>,
  'inReplyTo'
> & { type: T };
