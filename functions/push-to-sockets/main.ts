import { pageCursorsProvider } from '../../shared/adapters/cursors/hmac-cursors.ts';
import { eventStreamProvider } from '../../shared/adapters/postgres/event-stream.ts';
import { socketsProvider } from '../../shared/adapters/sockets/provider.ts';
import { busFunction } from '../../shared/runtime/bus-function.ts';
import { handler as push } from './handler.ts';
import { spec } from './spec.ts';

export const handler = busFunction(spec, push, {
  eventStream: eventStreamProvider,
  sockets: socketsProvider,
  pageCursors: pageCursorsProvider,
});
