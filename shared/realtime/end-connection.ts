import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import type { SocketConnections, Sockets } from './ports.ts';

interface Ports {
  socketConnections: SocketConnections;
  sockets: Sockets;
}

/**
 * Says why, ends the connection, and only then forgets it: where the sockets cannot be reached, the next sweep tries
 * again.
 * @param tenantId undefined for a connection that nobody knows
 * @throws AppError `sockets_unavailable`
 */
export async function endConnection(
  connectionId: string,
  tenantId: string | undefined,
  reason: ServerMessage<'error'>,
  { socketConnections, sockets }: Ports,
): Promise<void> {
  if ((await sockets.post(connectionId, reason)) === 'sent') await sockets.close(connectionId);
  if (tenantId !== undefined) await socketConnections.forget(tenantId, [connectionId]);
}
