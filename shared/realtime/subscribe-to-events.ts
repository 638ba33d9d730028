import { limits } from '../contracts/limits.ts';
import type { ClientMessage } from '../contracts/realtime/client-messages.ts';
import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { openPosition, sealPosition } from './cursor.ts';
import type { Connection, Reply, Streamed, StreamPosition } from './model.ts';
import type { SealedPositions, SocketConnections, Sockets } from './ports.ts';
import { syncMessage } from './sync-message.ts';

interface Ports {
  socketConnections: SocketConnections;
  sockets: Sockets;
  pageCursors: SealedPositions;
  clock: Clock;
}

/** What is read at once; what happens while it is sent is read with the next. */
const pageSize = 50;

/**
 * Sets what a connection hears. With a cursor, what it missed is sent first, in order and one after the other, and
 * nothing else before all of it: whichever message is the last before a break has a cursor that misses nothing.
 * @throws AppError `invalid_cursor`
 */
export async function subscribeToEvents(
  { filter, after: cursor }: ClientMessage<'subscribe'>,
  { tenantId, connectionId }: Connection,
  { socketConnections, sockets, pageCursors, clock }: Ports,
): Promise<Reply<'subscribed'>> {
  const post = async (message: ServerMessage) => {
    if ((await sockets.post(connectionId, message)) === 'sent') return;
    await socketConnections.forget(tenantId, [connectionId]);
    throw new AppError('gone', 'The connection ended meanwhile.');
  };
  const subscribed = async (place: StreamPosition, more: boolean): Promise<Reply<'subscribed'>> => ({
    type: 'subscribed',
    filter,
    cursor: await sealPosition(pageCursors, tenantId, place),
    replayed,
    more,
  });
  let replayed = 0;
  let after = cursor === undefined ? undefined : await openPosition(pageCursors, tenantId, cursor);
  for (;;) {
    const { head, missed, keptSince } = await socketConnections.subscribe(tenantId, connectionId, {
      filter,
      limit: pageSize,
      ...(after && { after }),
    });
    if (after && keptSince !== undefined) {
      await post({ type: 'resync', missingSince: after.at, keptSince });
      if (after.sequence > head.sequence) after = { ...after, sequence: 0 };
    }
    if (!after || missed.length === 0) {
      return subscribed({ ...head, at: clock.now().toISOString(), except: [] }, false);
    }
    for (const event of missed) {
      after = behind(event, after);
      await post(await syncMessage(tenantId, event, after, pageCursors));
    }
    replayed += missed.length;
    if (replayed >= limits.replayedEvents) return subscribed(after, true);
  }
}

/** The place behind an event that was missed: those before it have come. */
const behind = ({ sequence, appendedAt }: Streamed, from: StreamPosition): StreamPosition => ({
  sequence: Math.max(sequence, from.sequence),
  at: appendedAt,
  except: from.except.filter((other) => other > sequence),
});
