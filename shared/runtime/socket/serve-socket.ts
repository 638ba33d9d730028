import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import type { ClientMessage } from '../../contracts/realtime/client-messages.ts';
import { clientMessages } from '../../contracts/realtime/client-messages.ts';
import type { ServerMessage } from '../../contracts/realtime/server-messages.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Connection, Reply } from '../../realtime/model.ts';
import type { SocketHandlers } from '../handlers.ts';
import { annotate } from '../observability/invocation.ts';
import { errorMessage } from './error-message.ts';
import { type SocketEvent, tokenOf } from './event.ts';
import { idOf, readMessage } from './read-message.ts';

export type AnySocketHandlers = ReturnType<SocketHandlers<never>>;

/** What connecting is good for. */
const useful = ['memory:read', 'memory:write'] as const;

/** API Gateway ends every connection after this, and does not always say so. */
const longestMs = 7_200_000;

/** @throws AppError, and API Gateway refuses the connection */
export async function connect(event: SocketEvent, handlers: AnySocketHandlers, clock: Clock): Promise<void> {
  const { connectionId } = event.requestContext;
  const { caller, expiresAt } = await handlers.authenticate(tokenOf(event));
  annotate({ tenantId: caller.tenantId });
  if (!useful.some((scope) => caller.scopes.has(scope))) {
    throw new AppError('insufficient_scope', `Connecting needs the scope ${useful.join(' or ')}.`);
  }
  const { tenantId, subject, scopes } = caller;
  await handlers.connect({
    tenantId,
    connectionId,
    subject,
    scopes: [...scopes],
    expiresAt: new Date(Math.min(Date.parse(expiresAt), clock.now().getTime() + longestMs)).toISOString(),
  });
}

export async function disconnect(
  { requestContext }: SocketEvent,
  handlers: AnySocketHandlers,
): Promise<void> {
  const connection = await handlers.find(requestContext.connectionId);
  if (!connection) return;
  annotate({ tenantId: connection.tenantId });
  await handlers.disconnected(connection);
}

/** Kept back for telling the client that its message could not be served in time. */
const farewellMs = 2_000;

/**
 * One message of a client. Every answer is sent like any other message, and not as the result of the function: the
 * result would need a route response of API Gateway, and could overtake what was sent before it.
 * @returns the type of the answer, for the log line
 * @throws AppError after the client was told of it
 */
export async function serveMessage(
  event: SocketEvent,
  handlers: AnySocketHandlers,
  clock: Clock,
  deadline: Date,
): Promise<ServerMessage['type']> {
  const { connectionId, requestId } = event.requestContext;
  const limit = timeout(
    Math.max(1, deadline.getTime() - farewellMs - clock.now().getTime()),
    TimeoutStrategy.Aggressive,
  );
  try {
    return await limit.execute(() => takeMessage(event, handlers, clock));
  } catch (cause) {
    const error = cause instanceof TaskCancelledError ? tooSlow(cause) : cause;
    const inReplyTo = idOf(event);
    const message = errorMessage(error, requestId, inReplyTo === undefined ? {} : { inReplyTo });
    // what went wrong before is what has to be known of
    await handlers.tell(connectionId, message).catch(() => undefined);
    throw error;
  }
}

const tooSlow = (cause: unknown) =>
  new AppError('deadline_exceeded', 'The message was not served in time; send it again.', {
    retryable: true,
    cause,
  });

async function takeMessage(
  event: SocketEvent,
  handlers: AnySocketHandlers,
  clock: Clock,
): Promise<ServerMessage['type']> {
  const { connectionId, requestId } = event.requestContext;
  const connection = await handlers.find(connectionId);
  const over = whyOver(connection, clock);
  if (!connection || over) {
    const reason = errorMessage(over ?? unknownConnection(), requestId, { closing: true });
    await handlers.end(connectionId, connection?.tenantId, reason);
    return reason.type;
  }
  annotate({ tenantId: connection.tenantId });
  await handlers.limit(connection.tenantId);
  const message = readMessage(event);
  annotate({ messageType: message.type });
  requireScope(message, connection);
  const handler = handlers.messages[message.type] as (
    message: ClientMessage,
    connection: Connection,
  ) => Promise<Reply>;
  const reply = await handler(message, connection);
  const inReplyTo = message.id === undefined ? {} : { inReplyTo: message.id };
  await handlers.tell(connectionId, { ...reply, ...inReplyTo } as ServerMessage);
  return reply.type;
}

const unknownConnection = () => new AppError('gone', 'This connection is not known any more; connect again.');

function whyOver(connection: Connection | undefined, clock: Clock): AppError | undefined {
  if (connection === undefined) return unknownConnection();
  if (Date.parse(connection.expiresAt) > clock.now().getTime()) return undefined;
  return new AppError(
    'unauthenticated',
    'The token of this connection has ended; connect again with a new one.',
  );
}

function requireScope({ type }: ClientMessage, { scopes }: Connection): void {
  const { scope } = clientMessages[type];
  if (scope === 'authenticated' || scopes.includes(scope)) return;
  throw new AppError('insufficient_scope', `The message ${type} needs the scope ${scope}.`);
}
