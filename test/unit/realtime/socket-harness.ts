import { expect } from 'vitest';
import { handlers } from '../../../functions/socket/handler.ts';
import { spec } from '../../../functions/socket/spec.ts';
import type { TokenVerifier } from '../../../shared/access/ports.ts';
import type { ClientMessageType } from '../../../shared/contracts/realtime/client-messages.ts';
import { type ServerMessage, serverMessages } from '../../../shared/contracts/realtime/server-messages.ts';
import type { TenantLimits } from '../../../shared/contracts/tenant-limits.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { SocketEvent } from '../../../shared/runtime/socket/event.ts';
import { socketFunction } from '../../../shared/runtime/socket/socket-function.ts';
import { limitDeps } from '../../support/limits.ts';
import { context, provide, recordingHost } from '../runtime/support.ts';
import { realtime } from './support.ts';

/** The token is its claims; anything else is refused. */
const tokenVerifier: TokenVerifier = {
  async verify(token) {
    if (token === 'no-keys') throw new AppError('store_unavailable', 'Try again.', { retryable: true });
    if (!token.startsWith('ey')) throw new AppError('unauthenticated', 'Send a valid token: it is forged.');
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  },
};

/** The function behind the WebSocket API over fakes, and clients of it. */
export function start(limits: Partial<TenantLimits> = {}) {
  const ports = realtime();
  const { rateLimits, tenantLimits } = limitDeps(limits, { clock: ports.clock });
  const { host, lines, measures } = recordingHost();
  const run = socketFunction(
    spec,
    handlers,
    {
      tokenVerifier: provide(tokenVerifier),
      socketConnections: provide(ports.socketConnections),
      sockets: provide(ports.sockets),
      pageCursors: provide(ports.pageCursors),
      rateLimits: provide(rateLimits),
      tenantLimits: provide(tenantLimits),
    },
    { ...host, clock: ports.clock },
  );
  const event = (
    eventType: SocketEvent['requestContext']['eventType'],
    connectionId: string,
    more: Partial<SocketEvent> = {},
  ): SocketEvent => ({
    requestContext: { eventType, connectionId, requestId: 'request-1', routeKey: '$default' },
    isBase64Encoded: false,
    ...more,
  });
  const claims = (more: object = {}) =>
    Buffer.from(
      JSON.stringify({
        tenant_id: 'acme',
        sub: 'key:sk_1',
        scope: 'memory:read memory:write',
        exp: Math.floor(ports.clock.now().getTime() / 1_000) + 900,
        ...more,
      }),
    ).toString('base64url');

  async function connect(more: object = {}) {
    const connectionId = newId();
    const answer = await run(
      event('CONNECT', connectionId, { headers: { Authorization: `Bearer ${claims(more)}` } }),
      context(),
    );
    expect(answer.statusCode).toBe(200);
    ports.sockets.open(connectionId);
    let read = 0;
    const next = (): ServerMessage[] => {
      const all = ports.sockets.received(connectionId);
      const fresh = all.slice(read);
      read = all.length;
      for (const message of fresh) serverMessages[message.type].parse(message);
      return fresh;
    };
    const raw = async (body: string, isBase64Encoded = false) => {
      expect(await run(event('MESSAGE', connectionId, { body, isBase64Encoded }), context())).toEqual({
        statusCode: 200,
      });
      return next();
    };
    const send = (message: { type: ClientMessageType; [key: string]: unknown }) =>
      raw(JSON.stringify(message));
    const leave = () => run(event('DISCONNECT', connectionId), context());
    return { connectionId, raw, send, next, leave };
  }
  return { ...ports, run, event, claims, connect, lines, measures };
}
