import type { ClientMessage } from '../contracts/realtime/client-messages.ts';
import type { Clock } from '../kernel/clock.ts';
import { sealPosition } from './cursor.ts';
import type { Connection, Reply } from './model.ts';
import type { SealedPositions, SocketConnections } from './ports.ts';

interface Ports {
  socketConnections: SocketConnections;
  pageCursors: SealedPositions;
  clock: Clock;
}

/** Names the service behind a connection. Clients that never subscribe hear what their capabilities stand for. */
export async function identifyService(
  { serviceId, capabilities }: ClientMessage<'identify'>,
  { tenantId, connectionId, scopes, expiresAt }: Connection,
  { socketConnections, pageCursors, clock }: Ports,
): Promise<Reply<'identified'>> {
  const hears =
    scopes.includes('memory:read') && (capabilities.length === 0 || capabilities.includes('memory'));
  const { head, subscribed } = await socketConnections.identify(tenantId, connectionId, {
    serviceId,
    ...(hears && { filter: {} }),
  });
  const at = clock.now().toISOString();
  const cursor = await sealPosition(pageCursors, tenantId, { ...head, at, except: [] });
  return { type: 'identified', connectionId, serviceId, subscribed, cursor, expiresAt };
}
