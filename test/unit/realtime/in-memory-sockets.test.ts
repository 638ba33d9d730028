import { inMemorySockets } from '../../../shared/adapters/in-memory/realtime/sockets.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { describeSockets } from '../../conformance/realtime/sockets.ts';

describeSockets('in memory', () => {
  const sockets = inMemorySockets();
  return {
    sockets,
    async connect() {
      const connectionId = newId();
      sockets.open(connectionId);
      return {
        connectionId,
        received: async () => sockets.received(connectionId),
        closed: async () => !sockets.isOpen(connectionId),
        leave: () => sockets.close(connectionId),
      };
    },
  };
});
