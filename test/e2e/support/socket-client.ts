import { vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ServerMessage, ServerMessageType } from '../../../shared/contracts/realtime/server-messages.ts';

/** The connection was not let in. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** A client of the WebSocket API that keeps what it gets. */
export interface SocketClient {
  /** Everything so far, oldest first. */
  readonly received: readonly ServerMessage[];
  send(message: object): void;
  /** Sends text or bytes as they are. */
  raw(data: string | Buffer): void;
  /** The next message of a type that was not taken yet. */
  next<T extends ServerMessageType>(type: T): Promise<ServerMessage<T>>;
  /** Sends and waits for the answer to it. */
  ask<T extends ServerMessageType>(message: object, type: T): Promise<ServerMessage<T>>;
  readonly closed: Promise<{ code: number }>;
  /** Says goodbye. */
  close(): Promise<void>;
  /** Is gone without a word. */
  kill(): void;
}

/** @throws Refused */
export async function connectSocket(url: string, token?: string, waitMs = 20_000): Promise<SocketClient> {
  const socket = new WebSocket(
    url,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
  const received: ServerMessage[] = [];
  const taken = new Set<ServerMessage>();
  socket.on('message', (data) => received.push(JSON.parse(String(data)) as ServerMessage));
  const closed = new Promise<{ code: number }>((resolve) => socket.on('close', (code) => resolve({ code })));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve());
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      reject(new Refused(response.statusCode ?? 0));
      response.destroy();
    });
  });

  const find = async <T extends ServerMessageType>(fits: (message: ServerMessage) => boolean) =>
    vi.waitFor(
      () => {
        const found = received.find((message) => !taken.has(message) && fits(message));
        if (!found) throw new Error(`no such message among ${JSON.stringify(received)}`);
        taken.add(found);
        return found as ServerMessage<T>;
      },
      { timeout: waitMs, interval: 10 },
    );
  let asked = 0;
  return {
    received,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    raw: (data) => socket.send(data),
    next: (type) => find((message) => message.type === type),
    ask<T extends ServerMessageType>(message: object, type: T) {
      asked += 1;
      const id = `question-${asked}`;
      socket.send(JSON.stringify({ ...message, id }));
      return find<T>((answer) => answer.type === type && 'inReplyTo' in answer && answer.inReplyTo === id);
    },
    async close() {
      socket.close();
      await closed;
    },
    kill: () => socket.terminate(),
  };
}
