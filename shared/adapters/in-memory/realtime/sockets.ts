import type { ServerMessage } from '../../../contracts/realtime/server-messages.ts';
import type { Sockets } from '../../../realtime/ports.ts';

/** Clients as lists of what they were sent. */
export interface InMemorySockets extends Sockets {
  /** What has come to a connection, oldest first. */
  received(connectionId: string): ServerMessage[];
  isOpen(connectionId: string): boolean;
  open(connectionId: string): void;
}

export function inMemorySockets(): InMemorySockets {
  const inboxes = new Map<string, ServerMessage[]>();
  const openNow = new Set<string>();
  return {
    received: (connectionId) => structuredClone(inboxes.get(connectionId) ?? []),
    isOpen: (connectionId) => openNow.has(connectionId),
    open(connectionId) {
      openNow.add(connectionId);
      inboxes.set(connectionId, []);
    },
    async post(connectionId, message) {
      if (!openNow.has(connectionId)) return 'gone';
      inboxes.get(connectionId)?.push(JSON.parse(JSON.stringify(message)) as ServerMessage);
      return 'sent';
    },
    close: async (connectionId) => void openNow.delete(connectionId),
  };
}
