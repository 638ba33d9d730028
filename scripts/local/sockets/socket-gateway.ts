import { once } from 'node:events';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod';
import type { Logger } from '../../../shared/kernel/logger.ts';
import type { LocalFunction } from '../functions.ts';
import { type LocalConnections, newConnectionId } from './connections.ts';
import { type Client, connectEvent, disconnectEvent, messageEvent } from './socket-event.ts';

export interface SocketGatewayOptions {
  connections: LocalConnections;
  functions: Promise<readonly LocalFunction[]>;
  logger: Logger;
  /** As API Gateway has them. */
  idleMs?: number;
  longestMs?: number;
}

/** What API Gateway takes in one message. */
const largestMessage = 131_072;
const tenMinutes = 600_000;
const twoHours = 7_200_000;
/** How long clients have to say goodbye when the host stops. */
const farewellMs = 2_000;

const notHere = '{"message":"Clients of the WebSocket API connect to /ws."}';

const functionAnswer = z.object({ statusCode: z.number().int(), body: z.string().optional() });

/** Clients that would rather speak HTTP/2 offer it in the same way; their request is served like any other. */
export const wantsSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

/** API Gateway's WebSocket API on this machine, beside the HTTP API of the same server: `/ws`. */
export function acceptSockets(
  server: Server,
  { connections, functions, logger, idleMs = tenMinutes, longestMs = twoHours }: SocketGatewayOptions,
): { stop(): Promise<void> } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
  });
  const working = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>) => {
    const tracked = work.finally(() => working.delete(tracked));
    working.add(tracked);
  };

  const invoke = async (event: object): Promise<unknown> => {
    const owner = (await functions).find(({ spec }) => spec.trigger.kind === 'socket');
    return owner?.invoke(event) ?? { statusCode: 404 };
  };

  async function admit(request: IncomingMessage, socket: Duplex, head: Buffer) {
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?')[0] !== '/ws') return refuse(socket, 404, notHere);
    const client: Client = {
      connectionId: newConnectionId(),
      request,
      host: request.headers.host ?? '',
      connectedAt: Date.now(),
    };
    const answer = functionAnswer.parse(await invoke(connectEvent(client)));
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      return refuse(socket, answer.statusCode, answer.body);
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => serve(client, accepted));
    // a request that is no handshake is refused by then, and nobody else would say that the client is gone
    if (!connections.has(client.connectionId)) await invoke(disconnectEvent(client, 1006, ''));
  }

  function serve(client: Client, socket: WebSocket) {
    const { connectionId } = client;
    const end = () => socket.close(1001, 'Going away');
    const idle = setTimeout(end, idleMs);
    connections.add(connectionId, socket, () => idle.refresh());
    const longest = setTimeout(end, longestMs);
    // one after the other, as they came
    let last: Promise<unknown> = Promise.resolve();
    const then = (event: object) => {
      last = last.then(() => invoke(event)).catch((error: unknown) => report(error));
      track(last);
    };
    socket.on('message', (data: Buffer, isBinary) => {
      idle.refresh();
      then(messageEvent(client, data, isBinary));
    });
    socket.on('error', (error) => logger.info('socket failed', { connectionId, error: error.name }));
    socket.on('close', (code, reason) => {
      clearTimeout(idle);
      clearTimeout(longest);
      connections.remove(connectionId);
      then(disconnectEvent(client, code, reason.toString()));
    });
  }

  const report = (error: unknown) => logger.error('invocation failed', { error: String(error) });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const admission = admit(request, socket, head).catch((error: unknown) => {
      report(error);
      refuse(socket, 500);
    });
    track(admission);
  });

  return {
    async stop() {
      const open = connections.all();
      for (const socket of open) socket.close(1001, 'Going away');
      const impatient = setTimeout(() => {
        for (const socket of open) socket.terminate();
      }, farewellMs);
      await Promise.all(open.map((socket) => once(socket, 'close')));
      clearTimeout(impatient);
      // what is told of clients that have gone, the functions still have to hear
      await Promise.allSettled([...working]);
    },
  };
}

function refuse(socket: Duplex, status: number, body = '{"message":"Forbidden"}') {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
      'connection: close\r\ncontent-type: application/json\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
