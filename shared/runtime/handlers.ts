import type { Caller } from '../contracts/caller.ts';
import type { DeploymentRequest } from '../contracts/deployment.ts';
import type { EventDetail, EventEnvelope, EventType } from '../contracts/events.ts';
import type { FunctionSpec } from '../contracts/function-spec.ts';
import type { Operation, OperationInput, OperationOutput, OperationTable } from '../contracts/operation.ts';
import type { ClientMessage, ClientMessageType } from '../contracts/realtime/client-messages.ts';
import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import type { IdempotencyKey } from '../memory/ports.ts';
import type { Connection, Reply } from '../realtime/model.ts';
import type { Deps } from './deps.ts';

/** What the edge knows of a request beyond its validated parts. */
export interface RequestContext<O extends Operation = Operation> {
  readonly requestId: string;
  /** Who calls; absent only where the operation is public. */
  readonly caller: O['scope'] extends 'public' ? Caller | undefined : Caller;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Scheme and host that the client called, without a trailing slash. */
  readonly baseUrl: string;
  readonly idempotency?: IdempotencyKey;
  /** The version that `If-Match` names. */
  readonly ifMatch?: number;
  /** When the function will be stopped; work that cannot end by then is better not begun. */
  readonly deadline: Date;
}

export type OperationHandler<O extends Operation> = (
  input: OperationInput<O>,
  context: RequestContext<O>,
) => Promise<OperationOutput<O>>;

/** One handler for each operation of a table: a missing one, or an answer that is not declared, does not compile. */
export type OperationHandlers<T extends OperationTable> = { readonly [K in keyof T]: OperationHandler<T[K]> };

/** `handler.ts` of an HTTP function exports one of these. */
export type HttpHandlers<S extends FunctionSpec> = S['trigger'] extends {
  kind: 'http';
  operations: infer T extends OperationTable;
}
  ? (deps: Deps<S>) => OperationHandlers<T>
  : never;

/** One message of a queue, parsed. */
export interface QueueMessage<T> {
  readonly messageId: string;
  readonly body: T;
}

/** What surrounds one run of a function that no client waits for. */
export interface Run {
  /** When the function will be stopped; what is not done by then is delivered again. */
  readonly deadline: Date;
}

/** Takes a whole batch, so that it can work on sets; answers the ids of the messages to deliver again. */
export type QueueHandler<S extends FunctionSpec, T> = (
  messages: readonly QueueMessage<T>[],
  deps: Deps<S>,
  run: Run,
) => Promise<{ retry: readonly string[] }>;

/** An event of the bus with its detail parsed; `type` tells apart which one it is. */
export type BusEvent<T extends EventType = EventType> = T extends EventType
  ? { readonly type: T; readonly envelope: EventEnvelope; readonly data: EventDetail<T> }
  : never;

/** The events that a spec subscribes to. */
export type BusEventOf<S extends FunctionSpec> = S['trigger'] extends {
  kind: 'bus';
  events: readonly (infer T extends EventType)[];
}
  ? BusEvent<T>
  : never;

/** Answers what it did in numbers, where there is something to count. */
export type BusHandler<S extends FunctionSpec, E = BusEventOf<S>> = (
  event: E,
  deps: Deps<S>,
  run: Run,
) => Promise<Record<string, number> | undefined>;

/** One handler for each message that a client may send. */
export type MessageHandlers = {
  readonly [T in ClientMessageType]: (message: ClientMessage<T>, connection: Connection) => Promise<Reply>;
};

/** `handler.ts` of the function behind the WebSocket API exports one of these. */
export type SocketHandlers<S extends FunctionSpec> = (deps: Deps<S>) => {
  /** Who the token speaks for. @throws AppError, and the connection is refused */
  authenticate(token: string | undefined): Promise<{ caller: Caller; expiresAt: string }>;
  /** @throws AppError, and the connection is refused */
  connect(connection: Connection): Promise<void>;
  /** Takes one of the tenant's requests, as each message is one. @throws AppError `rate_limited` */
  limit(tenantId: string): Promise<void>;
  /** Whose connection it is; undefined for one that is not known, or no longer. */
  find(connectionId: string): Promise<Connection | undefined>;
  /** Sends a message; a client that is gone misses it. */
  tell(connectionId: string, message: ServerMessage): Promise<void>;
  /** Says why, then ends the connection. */
  end(connectionId: string, tenantId: string | undefined, reason: ServerMessage<'error'>): Promise<void>;
  /** It has ended, in whatever way. */
  disconnected(connection: Connection): Promise<void>;
  readonly messages: MessageHandlers;
};

/** What a scheduled run did, for its log line and metrics. */
export type ScheduleHandler<S extends FunctionSpec> = (
  deps: Deps<S>,
  run: Run,
) => Promise<Record<string, number>>;

/** Prepares the stores for the version that is being deployed; answers what it did, in numbers. */
export type DeploymentHandler<S extends FunctionSpec> = (
  request: DeploymentRequest,
  deps: Deps<S>,
  run: Run,
) => Promise<Record<string, number>>;
