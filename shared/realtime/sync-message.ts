import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import { sealPosition } from './cursor.ts';
import type { Streamed, StreamPosition } from './model.ts';
import type { SealedPositions } from './ports.ts';

export async function syncMessage(
  tenantId: string,
  { sequence, id, type, occurredAt, data }: Streamed,
  position: StreamPosition,
  pageCursors: SealedPositions,
): Promise<ServerMessage<'sync'>> {
  return {
    type: 'sync',
    cursor: await sealPosition(pageCursors, tenantId, position),
    sequence,
    event: { id, type, occurredAt, data },
  };
}
