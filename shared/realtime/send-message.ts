import type { ClientMessage } from '../contracts/realtime/client-messages.ts';
import { AppError } from '../kernel/app-error.ts';
import { newId } from '../kernel/ids.ts';
import { deliver } from './deliver.ts';
import { sealMessageId } from './message-id.ts';
import type { Reply, Service } from './model.ts';
import type { SealedPositions, SocketConnections, Sockets } from './ports.ts';

interface Ports {
  socketConnections: SocketConnections;
  sockets: Sockets;
  pageCursors: SealedPositions;
}

/**
 * Hands a message to the other connections of the tenant, or to those of one service. Nothing of it is kept: who is
 * away misses it, and the sender learns how many got it and who acknowledged. Sent again under the same `id` it has
 * the same `messageId`, by which receivers know it.
 * @throws AppError `sockets_unavailable` when it reached nobody although somebody may be there
 */
export async function sendMessage(
  message: ClientMessage<'broadcast'> | ClientMessage<'send'>,
  { tenantId, connectionId, serviceId, subject }: Service,
  { socketConnections, sockets, pageCursors }: Ports,
): Promise<Reply<'sent'>> {
  const messageId = await sealMessageId(pageCursors, tenantId, {
    connectionId,
    serviceId,
    id: message.id ?? newId(),
  });
  const to = message.type === 'send' ? message.to : undefined;
  const recipients = await socketConnections.others(tenantId, connectionId, to);
  const { sent, gone, unreached } = await deliver(
    recipients,
    { type: 'message', messageId, from: serviceId, subject, data: message.data },
    { sockets },
  );
  if (gone.length > 0) await socketConnections.forget(tenantId, gone);
  if (sent.length === 0 && unreached.length > 0) {
    throw new AppError('sockets_unavailable', 'Nobody could be reached; send it again.', { retryable: true });
  }
  return { type: 'sent', messageId, recipients: sent.length };
}
