import { eventStreamProvider } from '../../shared/adapters/postgres/event-stream.ts';
import { socketConnectionsProvider } from '../../shared/adapters/postgres/socket-connections.ts';
import { socketsProvider } from '../../shared/adapters/sockets/provider.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';
import { handler as sweep } from './handler.ts';
import { spec } from './spec.ts';

export const handler = scheduleFunction(spec, sweep, {
  socketConnections: socketConnectionsProvider,
  eventStream: eventStreamProvider,
  sockets: socketsProvider,
});
