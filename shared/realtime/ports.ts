import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import type { SubscriptionFilter } from '../contracts/realtime/subscription.ts';
import type { JsonValue } from '../kernel/json.ts';
import type { Connection, StreamEvent, Streamed, SubscribeRequest, Subscription } from './model.ts';

/** Who is connected. Rows of connections that ended without a word are found out by sending to them. */
export interface SocketConnections {
  /** @throws AppError `too_many_connections` when the tenant has as many as it may. */
  open(connection: Connection): Promise<void>;
  /** Of any tenant: a message carries nothing but the connection that it came over. */
  find(connectionId: string): Promise<Connection | undefined>;
  /**
   * Names the service; who hears nothing yet hears `filter` from now on. Answers the end of the stream and whether
   * the connection hears something.
   */
  identify(
    tenantId: string,
    connectionId: string,
    service: { serviceId: string; filter?: SubscriptionFilter },
  ): Promise<{ head: { sequence: number }; subscribed: boolean }>;
  /**
   * Replaces what a connection hears, once it has missed nothing. No event falls between the last answer and those
   * that are pushed after it.
   */
  subscribe(tenantId: string, connectionId: string, request: SubscribeRequest): Promise<Subscription>;
  unsubscribe(tenantId: string, connectionId: string): Promise<void>;
  /** Connections of a service, or of all, without one of them. */
  others(tenantId: string, except: string, serviceId?: string): Promise<string[]>;
  /** Whether any connection hears events. */
  anyListening(tenantId: string): Promise<boolean>;
  forget(tenantId: string, connectionIds: readonly string[]): Promise<void>;
  /**
   * Connections of any tenant that are to end: `expired` with their token, `unreached` since an event could not be
   * handed to them although it was tried for ten minutes: connected anew they can ask for what they missed.
   */
  overdue(limit: number): Promise<Overdue[]>;
}

export interface Overdue {
  tenantId: string;
  connectionId: string;
  reason: 'expired' | 'unreached';
}

/** A tenant's events of the last day in one order. */
export interface EventStream {
  /**
   * Gives the event its place, once: the same id again answers the same place. Places are given in the order of
   * commits, so that nobody who has seen one is later told of an earlier one that he could not have asked for.
   * Undefined: the tenant has never connected, so nobody can ask for its events.
   */
  append(tenantId: string, event: StreamEvent): Promise<Appended | undefined>;
  /** Notes who could not be reached, to be tried again, and forgets who is gone. */
  finish(
    tenantId: string,
    eventId: string,
    outcome: { unreached: readonly string[]; gone: readonly string[] },
  ): Promise<void>;
  /** Drops what is no longer kept, over all tenants. Answers how many events that were. */
  trim(): Promise<number>;
}

export interface Appended {
  event: Streamed;
  /** Connections that are still to be told: at first all that it fits, later those that were not reached. */
  awaiting: string[];
  /** Earlier events of which somebody who is connected has still to be told. */
  unfinished: number[];
}

/** Sends to clients. @throws AppError `sockets_unavailable` (retryable) when it cannot be known whether one is there. */
export interface Sockets {
  post(connectionId: string, message: ServerMessage): Promise<'sent' | 'gone'>;
  /** Ends a connection; one that is gone is as good. */
  close(connectionId: string): Promise<void>;
}

/** Opaque text that cannot be forged, nor used by another tenant or for another purpose. */
export interface SealedPositions {
  seal(tenantId: string, purpose: string, position: JsonValue[]): Promise<string>;
  /** @throws AppError `invalid_cursor` */
  open(tenantId: string, purpose: string, sealed: string): Promise<JsonValue[]>;
}
