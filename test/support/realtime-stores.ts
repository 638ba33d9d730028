import { inMemoryEventStream } from '../../shared/adapters/in-memory/realtime/event-stream.ts';
import { inMemorySocketConnections } from '../../shared/adapters/in-memory/realtime/socket-connections.ts';
import { realtimeState } from '../../shared/adapters/in-memory/realtime/state.ts';
import { postgresEventStream } from '../../shared/adapters/postgres/event-stream.ts';
import { postgresSocketConnections } from '../../shared/adapters/postgres/socket-connections.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { Connection, StreamEvent } from '../../shared/realtime/model.ts';
import type { EventStream, SocketConnections } from '../../shared/realtime/ports.ts';
import type { TestPostgres } from './postgres.ts';
import { settableClock } from './settable-clock.ts';

export interface RealtimeStores {
  socketConnections: SocketConnections;
  eventStream: EventStream;
  /** Lets so much time pass for what a tenant has. */
  elapse(tenantId: string, seconds: number): Promise<void>;
}

export type MakeRealtimeStores = () => RealtimeStores;

export function inMemoryRealtimeStores(clock = settableClock(new Date().toISOString())) {
  const state = realtimeState(clock);
  return {
    state,
    socketConnections: inMemorySocketConnections(state),
    eventStream: inMemoryEventStream(state),
    elapse: async (_tenantId: string, seconds: number) => clock.advance(seconds),
  };
}

export const postgresRealtimeStores = ({ db, asOwner }: TestPostgres): RealtimeStores => ({
  socketConnections: postgresSocketConnections(db),
  eventStream: postgresEventStream(db),
  async elapse(tenantId, seconds) {
    for (const change of [
      'strata.socket_connections set expires_at = expires_at',
      'strata.stream_events set appended_at = appended_at',
    ]) {
      await asOwner((owner) =>
        owner.query(tenantId, `update ${change} - make_interval(secs => $1) where tenant_id = $2`, [
          seconds,
          tenantId,
        ]),
      );
    }
  },
});

/** A connection whose token is good for an hour. */
export const someConnection = (tenantId: string, fields: Partial<Connection> = {}): Connection => ({
  tenantId,
  connectionId: `${newId()}=`,
  subject: 'key:sk_1',
  scopes: ['memory:read', 'memory:write'],
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  ...fields,
});

export const someStreamEvent = (fields: Partial<StreamEvent> = {}): StreamEvent => ({
  id: newId(),
  type: 'memory.stored',
  occurredAt: '2026-03-01T10:00:00.000Z',
  data: { memoryId: newId(), version: 1, memoryType: 'semantic', agentId: 'planner' },
  ...fields,
});

/** A connection that listens, and an event that it has still to be told of. */
export async function seedRealtime({ socketConnections, eventStream }: RealtimeStores, tenantId: string) {
  const connection = someConnection(tenantId, { connectionId: `connection of ${tenantId}` });
  await socketConnections.open(connection);
  await socketConnections.subscribe(tenantId, connection.connectionId, { filter: {}, limit: 1 });
  await eventStream.append(tenantId, someStreamEvent());
}
