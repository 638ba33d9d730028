import { limits } from '../contracts/limits.ts';
import type { ClientMessage } from '../contracts/realtime/client-messages.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { openPosition, sealPosition } from './cursor.ts';
import type { Connection, Reply, StreamPosition } from './model.ts';
import type { SealedPositions, SocketConnections, Sockets } from './ports.ts';
import { syncMessage } from './sync-message.ts';

interface Ports {
  socketConnections: SocketConnections;
  sockets: Sockets;
  pageCursors: SealedPositions;
  clock: Clock;
}

/**
 * Sets what a connection hears. With a cursor, what it missed is sent first, in order and one after the other, so
 * that a break in the middle leaves a cursor from which the rest can be asked for.
 * @throws AppError `invalid_cursor`
 */
export async function subscribeToEvents(
  { filter, after: cursor }: ClientMessage<'subscribe'>,
  { tenantId, connectionId }: Connection,
  { socketConnections, sockets, pageCursors, clock }: Ports,
): Promise<Reply<'subscribed'>> {
  const after = cursor === undefined ? undefined : await openPosition(pageCursors, tenantId, cursor);
  const { head, missed, more, keptSince } = await socketConnections.subscribe(tenantId, connectionId, {
    filter,
    limit: limits.replayedEvents,
    ...(after && { after }),
  });
  const post = async (message: Parameters<Sockets['post']>[1]) => {
    if ((await sockets.post(connectionId, message)) === 'sent') return;
    await socketConnections.forget(tenantId, [connectionId]);
    throw new AppError('gone', 'The connection ended meanwhile.');
  };
  if (after && keptSince !== undefined) {
    await post({ type: 'resync', missingSince: after.at, keptSince });
  }
  let at: StreamPosition = { ...head, at: clock.now().toISOString(), except: [] };
  for (const event of missed) {
    const { sequence, appendedAt } = event;
    const place: StreamPosition = {
      sequence: Math.max(sequence, after?.sequence ?? 0),
      at: appendedAt,
      // those before it have come
      except: (after?.except ?? []).filter((other) => other > sequence),
    };
    await post(await syncMessage(tenantId, event, place, pageCursors));
    if (more) at = place;
  }
  return {
    type: 'subscribed',
    filter,
    cursor: await sealPosition(pageCursors, tenantId, at),
    replayed: missed.length,
    more,
  };
}
