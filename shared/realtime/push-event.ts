import { AppError } from '../kernel/app-error.ts';
import { positionOf } from './cursor.ts';
import { deliver } from './deliver.ts';
import type { StreamEvent } from './model.ts';
import type { EventStream, SealedPositions, Sockets } from './ports.ts';
import { syncMessage } from './sync-message.ts';

interface Ports {
  eventStream: EventStream;
  sockets: Sockets;
  pageCursors: SealedPositions;
}

/**
 * Puts an event into the tenant's stream and tells those who want to hear of it. Whom it did not reach is noted with
 * the event, so that a repeated delivery tells them alone, and one after a success tells nobody.
 * @throws AppError `sockets_unavailable` (retryable) when somebody is still to be told
 */
export async function pushEvent(
  tenantId: string,
  event: StreamEvent,
  { eventStream, sockets, pageCursors }: Ports,
): Promise<{ pushed: number; gone: number }> {
  const appended = await eventStream.append(tenantId, event);
  if (!appended || appended.awaiting.length === 0) return { pushed: 0, gone: 0 };
  const { event: streamed, awaiting, unfinished } = appended;
  const place = positionOf(streamed.sequence, streamed.appendedAt, unfinished);
  const message = await syncMessage(tenantId, streamed, place, pageCursors);
  const { sent, gone, unreached } = await deliver(awaiting, message, { sockets });
  await eventStream.finish(tenantId, event.id, { unreached, gone });
  if (unreached.length > 0) {
    throw new AppError('sockets_unavailable', 'Some connections could not be reached.', {
      retryable: true,
      details: { pushed: sent.length, unreached: unreached.length },
    });
  }
  return { pushed: sent.length, gone: gone.length };
}
