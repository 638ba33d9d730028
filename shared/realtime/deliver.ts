import type { ServerMessage } from '../contracts/realtime/server-messages.ts';
import { hasCode } from '../kernel/app-error.ts';
import type { Sockets } from './ports.ts';

export interface Delivery {
  sent: string[];
  gone: string[];
  /** Whether they are there is not known. */
  unreached: string[];
}

/** Hands a message to many connections at once; what one of them does holds up no other. */
export async function deliver(
  connectionIds: readonly string[],
  message: ServerMessage,
  { sockets }: { sockets: Sockets },
): Promise<Delivery> {
  const delivery: Delivery = { sent: [], gone: [], unreached: [] };
  await Promise.all(
    connectionIds.map(async (connectionId) => {
      const outcome = await sockets.post(connectionId, message).catch((error: unknown) => {
        if (!hasCode(error, 'sockets_unavailable')) throw error;
        return 'unreached' as const;
      });
      delivery[outcome].push(connectionId);
    }),
  );
  return delivery;
}
