import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { listen } from '../../scripts/local/embedded/listen.ts';
import type { EmbeddedServer } from '../../scripts/local/embedded/part.ts';
import type { LocalFunction } from '../../scripts/local/functions.ts';
import { localConnections } from '../../scripts/local/sockets/connections.ts';
import { startManagementServer } from '../../scripts/local/sockets/management-server.ts';
import { acceptSockets, type SocketGatewayOptions } from '../../scripts/local/sockets/socket-gateway.ts';
import { socketsProvider } from '../../shared/adapters/sockets/provider.ts';
import type { ServerMessage } from '../../shared/contracts/realtime/server-messages.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { Sockets } from '../../shared/realtime/ports.ts';
import type { SocketEvent } from '../../shared/runtime/socket/event.ts';
import { describeSockets } from '../conformance/realtime/sockets.ts';

type Invoke = (event: SocketEvent) => Promise<unknown>;

/** A host whose function is `invoke`, with the production adapter to its clients. */
async function startHost(invoke: Invoke, limits: Partial<SocketGatewayOptions> = {}) {
  const connections = localConnections();
  const owner = { spec: { trigger: { kind: 'socket' } }, invoke } as unknown as LocalFunction;
  const server: Server = createServer();
  const options = { connections, functions: Promise.resolve([owner]), logger: silentLogger, ...limits };
  const gateway = acceptSockets(server, options);
  const port = await listen(server, 0);
  const management: EmbeddedServer = await startManagementServer(connections, 0);
  const SOCKETS_ENDPOINT = `http://127.0.0.1:${management.port}`;
  const sockets: Sockets = socketsProvider.build(
    { SOCKETS_ENDPOINT },
    { clock: systemClock, logger: silentLogger },
  );
  return {
    sockets,
    management,
    url: `ws://127.0.0.1:${port}/ws`,
    async stop() {
      await gateway.stop();
      await management.stop();
      server.close();
    },
  };
}

const accept: Invoke = async () => ({ statusCode: 200 });

beforeAll(() => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'embedded');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'embedded');
});

describe('the management API of API Gateway', () => {
  let host: Awaited<ReturnType<typeof startHost>>;
  const events: SocketEvent[] = [];
  const connectionOf = () => events.at(-1)?.requestContext.connectionId ?? '';
  beforeAll(async () => {
    host = await startHost(async (event) => {
      if (event.requestContext.eventType === 'CONNECT') events.push(event);
      return { statusCode: 200 };
    });
  });
  afterAll(() => host.stop());

  describeSockets('management API', () => ({
    sockets: host.sockets,
    async connect() {
      const socket = new WebSocket(host.url);
      const messages: ServerMessage[] = [];
      socket.on('message', (data) => messages.push(JSON.parse(String(data)) as ServerMessage));
      const closed = once(socket, 'close');
      await once(socket, 'open');
      return {
        connectionId: connectionOf(),
        received: (count) =>
          vi.waitFor(() => {
            expect(messages).toHaveLength(count);
            return messages;
          }),
        closed: async () => (await closed).length > 0,
        async leave() {
          socket.close();
          await closed;
        },
      };
    },
  }));

  it('that is away, or does not answer in time, is told apart from a client that is gone', async () => {
    const silent = createServer();
    const port = await listen(silent, 0);
    const build = (SOCKETS_ENDPOINT: string) =>
      socketsProvider.build({ SOCKETS_ENDPOINT }, { clock: systemClock, logger: silentLogger });
    const pong: ServerMessage = { type: 'pong' };
    for (const endpoint of ['http://127.0.0.1:1', `http://127.0.0.1:${port}`]) {
      const unavailable = { code: 'sockets_unavailable', retryable: true };
      await expect(build(endpoint).post('a=', pong)).rejects.toMatchObject(unavailable);
      await expect(build(endpoint).close('a=')).rejects.toMatchObject(unavailable);
    }
    silent.closeAllConnections();
    silent.close();
  });
});

describe('the local WebSocket API', () => {
  it('builds the events of API Gateway', async () => {
    const events: SocketEvent[] = [];
    const host = await startHost(async (event) => {
      events.push(event);
      return { statusCode: 200 };
    });
    const socket = new WebSocket(`${host.url}?access_token=t%2Ft&x=1`, {
      headers: { authorization: 'Bearer x' },
    });
    await once(socket, 'open');
    socket.send('{"type":"ping"}');
    socket.send(Buffer.from([0xff]));
    socket.close(1000, 'bye');
    await vi.waitFor(() => expect(events).toHaveLength(4));
    await host.stop();
    const { connectionId } = events[0]!.requestContext;
    expect(connectionId).toMatch(/^[\w-]{15}=$/);
    expect(events).toMatchObject([
      {
        requestContext: { eventType: 'CONNECT', routeKey: '$connect', connectionId },
        headers: { authorization: 'Bearer x' },
        queryStringParameters: { access_token: 't/t', x: '1' },
      },
      {
        requestContext: { eventType: 'MESSAGE', connectionId },
        body: '{"type":"ping"}',
        isBase64Encoded: false,
      },
      { requestContext: { eventType: 'MESSAGE', connectionId }, body: '/w==', isBase64Encoded: true },
      {
        requestContext: {
          eventType: 'DISCONNECT',
          routeKey: '$disconnect',
          connectionId,
          disconnectStatusCode: 1000,
          disconnectReason: 'bye',
        },
      },
    ]);
    for (const event of events.slice(1)) expect(event).not.toHaveProperty('headers');
  });

  const refusal = async (url: string) => {
    const socket = new WebSocket(url);
    socket.on('error', () => undefined);
    const [, response] = await once(socket, 'unexpected-response');
    socket.terminate();
    return response.statusCode;
  };

  it.each<[what: string, invoke: Invoke, status: number]>([
    ['what the function says', async () => ({ statusCode: 403, body: '{}' }), 403],
    [
      'a failure of the function',
      async () => {
        throw new Error('x');
      },
      500,
    ],
    ['an answer that is none', async () => 'x', 500],
  ])('refuses with %s', async (_, invoke, status) => {
    const host = await startHost(invoke);
    expect(await refusal(host.url)).toBe(status);
    expect(await refusal(host.url.replace('/ws', '/other'))).toBe(404);
    await host.stop();
  });

  const ends = async (limits: Partial<SocketGatewayOptions>, then?: (socket: WebSocket) => void) => {
    const host = await startHost(accept, limits);
    const socket = new WebSocket(host.url);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    then?.(socket);
    const [code] = await closed;
    await host.stop();
    return code;
  };

  it('ends a connection that is idle, or old, or sends too much at once', async () => {
    expect(await ends({ idleMs: 50 })).toBe(1001);
    expect(await ends({ longestMs: 50 })).toBe(1001);
    expect(await ends({}, (socket) => socket.send('x'.repeat(140_000)))).toBe(1009);
  });

  it('says goodbye to its clients when it stops, and tells the function', async () => {
    const events: string[] = [];
    const host = await startHost(async ({ requestContext }) => {
      events.push(requestContext.eventType);
      return { statusCode: 200 };
    });
    const socket = new WebSocket(host.url);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await host.stop();
    expect((await closed)[0]).toBe(1001);
    expect(events).toEqual(['CONNECT', 'DISCONNECT']);
  });
});
