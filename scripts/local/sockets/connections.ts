import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';

/** A client that has more than this waiting does not read; API Gateway would not keep it either. */
const mostWaitingBytes = 1_048_576;

/** As API Gateway makes them, `=` included: who puts one into an address must encode it. */
export const newConnectionId = (): string => `${randomBytes(11).toString('base64url')}=`;

/** The clients that are connected to this host. */
export interface LocalConnections {
  /** @param onSent called with each message that goes out */
  add(connectionId: string, socket: WebSocket, onSent: () => void): void;
  has(connectionId: string): boolean;
  remove(connectionId: string): void;
  /** Whether the client is there, and reads what it is sent. */
  post(connectionId: string, text: string): 'sent' | 'gone' | 'full';
  /** False: there is no such client. */
  close(connectionId: string): boolean;
  all(): readonly WebSocket[];
}

export function localConnections(): LocalConnections {
  const open = new Map<string, { socket: WebSocket; onSent: () => void }>();
  const find = (connectionId: string) => {
    const client = open.get(connectionId);
    return client?.socket.readyState === WebSocket.OPEN ? client : undefined;
  };
  return {
    add: (connectionId, socket, onSent) => void open.set(connectionId, { socket, onSent }),
    has: (connectionId) => open.has(connectionId),
    remove: (connectionId) => void open.delete(connectionId),
    post(connectionId, text) {
      const client = find(connectionId);
      if (!client) return 'gone';
      if (client.socket.bufferedAmount > mostWaitingBytes) return 'full';
      client.socket.send(text);
      client.onSent();
      return 'sent';
    },
    close(connectionId) {
      const client = find(connectionId);
      client?.socket.close(1000);
      return client !== undefined;
    },
    all: () => [...open.values()].map(({ socket }) => socket),
  };
}
