import { hmacCursors } from '../../../shared/adapters/cursors/hmac-cursors.ts';
import {
  type InMemorySockets,
  inMemorySockets,
} from '../../../shared/adapters/in-memory/realtime/sockets.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import type { Connection } from '../../../shared/realtime/model.ts';
import { inMemoryRealtimeStores, someConnection } from '../../support/realtime-stores.ts';
import { settableClock } from '../../support/settable-clock.ts';

/** Sockets of which some cannot be reached. */
export interface FaultySockets extends InMemorySockets {
  readonly unreachable: Set<string>;
}

function faultySockets(): FaultySockets {
  const sockets = inMemorySockets();
  const unreachable = new Set<string>();
  const reach = (connectionId: string) => {
    if (!unreachable.has(connectionId)) return;
    throw new AppError('sockets_unavailable', 'The client cannot be reached; try again.', {
      retryable: true,
    });
  };
  return {
    ...sockets,
    unreachable,
    async post(connectionId, message) {
      reach(connectionId);
      return sockets.post(connectionId, message);
    },
    async close(connectionId) {
      reach(connectionId);
      await sockets.close(connectionId);
    },
  };
}

/** Everything that the use cases of realtime stand on. */
export function realtime() {
  const clock = settableClock(new Date().toISOString());
  const stores = inMemoryRealtimeStores(clock);
  const sockets = faultySockets();
  const pageCursors = hmacCursors(async () => 'k'.repeat(32));
  return {
    ...stores,
    sockets,
    pageCursors,
    clock,
    logger: silentLogger,
    async connected(tenantId: string, fields: Partial<Connection> = {}): Promise<Connection> {
      const connection = someConnection(tenantId, fields);
      await stores.socketConnections.open(connection);
      sockets.open(connection.connectionId);
      return connection;
    },
  };
}
