import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import { hasCode } from '../kernel/app-error.ts';
import { newId } from '../kernel/ids.ts';
import { endConnection } from './end-connection.ts';
import type { EventStream, Overdue, SocketConnections, Sockets } from './ports.ts';

interface Ports {
  socketConnections: SocketConnections;
  eventStream: EventStream;
  sockets: Sockets;
}

const connectionsAtOnce = 500;

/** What a client is told before its connection ends. */
const reasons: Record<Overdue['reason'], Pick<ServerMessage<'error'>, 'code' | 'detail'>> = {
  expired: {
    code: 'unauthenticated',
    detail: 'The token of this connection has ended; connect again with a new one.',
  },
  unreached: {
    code: 'sockets_unavailable',
    detail: 'Events could not be handed to this connection; connect again and resume from your last cursor.',
  },
};

/**
 * Ends connections whose token has ended or that missed events for good, and drops events that are no longer kept.
 * One that cannot be reached now is left to the next run.
 */
export async function sweepSockets({
  socketConnections,
  eventStream,
  sockets,
}: Ports): Promise<Record<'ended' | 'unreached' | 'trimmed', number>> {
  const overdue = await socketConnections.overdue(connectionsAtOnce);
  const ended = await Promise.all(
    overdue.map(({ connectionId, tenantId, reason }) =>
      endConnection(
        connectionId,
        tenantId,
        { type: 'error', ...reasons[reason], requestId: newId(), closing: true },
        { socketConnections, sockets },
      ).then(
        () => true,
        (error: unknown) => {
          if (!hasCode(error, 'sockets_unavailable')) throw error;
          return false;
        },
      ),
    ),
  );
  const reached = ended.filter(Boolean).length;
  return { ended: reached, unreached: ended.length - reached, trimmed: await eventStream.trim() };
}
