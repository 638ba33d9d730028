import type { ClientMessage } from '../contracts/realtime/client-messages.ts';
import { deliver } from './deliver.ts';
import { openMessageId } from './message-id.ts';
import type { Reply, Service } from './model.ts';
import type { SealedPositions, SocketConnections, Sockets } from './ports.ts';

interface Ports {
  socketConnections: SocketConnections;
  sockets: Sockets;
  pageCursors: SealedPositions;
}

/**
 * Tells the sender of a message that it was taken; if his connection is gone, those of his service, where he may be
 * by now.
 * @throws AppError `validation_failed`, `sockets_unavailable`
 */
export async function acknowledgeMessage(
  { messageId }: ClientMessage<'ack'>,
  { tenantId, connectionId, serviceId }: Service,
  { socketConnections, sockets, pageCursors }: Ports,
): Promise<Reply<'acknowledged'>> {
  const sender = await openMessageId(pageCursors, tenantId, messageId);
  const acknowledged = { type: 'acknowledged' as const, messageId, by: serviceId };
  if ((await sockets.post(sender.connectionId, acknowledged)) === 'gone') {
    const others = await socketConnections.others(tenantId, connectionId, sender.serviceId);
    const { gone } = await deliver(others, acknowledged, { sockets });
    await socketConnections.forget(tenantId, [sender.connectionId, ...gone]);
  }
  return acknowledged;
}
