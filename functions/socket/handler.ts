import { callerOfToken } from '../../shared/access/caller-of-token.ts';
import { acknowledgeMessage } from '../../shared/realtime/acknowledge-message.ts';
import { endConnection } from '../../shared/realtime/end-connection.ts';
import { identified } from '../../shared/realtime/identified.ts';
import { identifyService } from '../../shared/realtime/identify-service.ts';
import { sendMessage } from '../../shared/realtime/send-message.ts';
import { subscribeToEvents } from '../../shared/realtime/subscribe-to-events.ts';
import type { SocketHandlers } from '../../shared/runtime/handlers.ts';
import { limitRate } from '../../shared/runtime/limit-rate.ts';
import type { spec } from './spec.ts';

export const handlers: SocketHandlers<typeof spec> = (deps) => ({
  authenticate: (token) => callerOfToken(token, deps),
  connect: (connection) => deps.socketConnections.open(connection),
  limit: (tenantId) => limitRate(tenantId, 'requests', 1, deps),
  find: (connectionId) => deps.socketConnections.find(connectionId),
  tell: async (connectionId, message) => void (await deps.sockets.post(connectionId, message)),
  end: (connectionId, tenantId, reason) => endConnection(connectionId, tenantId, reason, deps),
  disconnected: ({ tenantId, connectionId }) => deps.socketConnections.forget(tenantId, [connectionId]),
  messages: {
    identify: (message, connection) => identifyService(message, connection, deps),
    subscribe: (message, connection) => subscribeToEvents(message, connection, deps),
    unsubscribe: async (_message, { tenantId, connectionId }) => {
      await deps.socketConnections.unsubscribe(tenantId, connectionId);
      return { type: 'unsubscribed' };
    },
    broadcast: (message, connection) => sendMessage(message, identified(connection), deps),
    send: (message, connection) => sendMessage(message, identified(connection), deps),
    ack: (message, connection) => acknowledgeMessage(message, identified(connection), deps),
    ping: async () => ({ type: 'pong' }),
  },
});
