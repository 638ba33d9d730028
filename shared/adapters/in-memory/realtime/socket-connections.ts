import { limits } from '../../../contracts/limits.ts';
import { AppError } from '../../../kernel/app-error.ts';
import { matchesFilter } from '../../../realtime/matches-filter.ts';
import type { StreamPosition, Subscription } from '../../../realtime/model.ts';
import type { Overdue, SocketConnections } from '../../../realtime/ports.ts';
import {
  ageMs,
  isAlive,
  type KeptConnection,
  patienceMs,
  type RealtimeState,
  type Stream,
  streamOf,
} from './state.ts';

export function inMemorySocketConnections(state: RealtimeState): SocketConnections {
  const { connections, clock } = state;

  const own = (tenantId: string, connectionId: string): KeptConnection | undefined => {
    const connection = connections.get(connectionId);
    return connection?.tenantId === tenantId ? connection : undefined;
  };
  const known = (tenantId: string, connectionId: string): KeptConnection => {
    const connection = own(tenantId, connectionId);
    if (!connection) throw new AppError('gone', 'This connection is not known any more; connect again.');
    return connection;
  };
  const liveOf = (tenantId: string) =>
    [...connections.values()].filter(
      (connection) => connection.tenantId === tenantId && isAlive(state, connection),
    );

  return {
    async open(connection) {
      streamOf(state, connection.tenantId);
      if (liveOf(connection.tenantId).length >= limits.connectionsPerTenant) {
        throw new AppError(
          'too_many_connections',
          `A tenant has at most ${limits.connectionsPerTenant} connections; end one that is not needed.`,
          { details: { limit: limits.connectionsPerTenant } },
        );
      }
      connections.set(connection.connectionId, { ...structuredClone(connection), filter: undefined });
    },

    async find(connectionId) {
      const { filter: _, ...connection } = connections.get(connectionId) ?? { filter: undefined };
      return 'tenantId' in connection ? structuredClone(connection) : undefined;
    },

    async identify(tenantId, connectionId, { serviceId, filter }) {
      const connection = known(tenantId, connectionId);
      connection.serviceId = serviceId;
      connection.filter ??= filter;
      return {
        head: { sequence: streamOf(state, tenantId).lastSequence },
        subscribed: connection.filter !== undefined,
      };
    },

    async subscribe(tenantId, connectionId, { filter, after, limit }) {
      const connection = known(tenantId, connectionId);
      const stream = streamOf(state, tenantId);
      const missed = after ? behind(stream, after).filter((event) => matchesFilter(filter, event)) : [];
      connection.filter = missed.length > 0 ? undefined : structuredClone(filter);
      const answer: Subscription = {
        head: { sequence: stream.lastSequence },
        missed: structuredClone(missed.slice(0, limit).map(({ awaiting: _, ...event }) => event)),
      };
      if (after && hasGap(stream, after)) {
        answer.keptSince = stream.events[0]?.appendedAt ?? clock.now().toISOString();
      }
      return answer;
    },

    async unsubscribe(tenantId, connectionId) {
      const connection = own(tenantId, connectionId);
      if (connection) connection.filter = undefined;
    },

    async others(tenantId, except, serviceId) {
      return liveOf(tenantId)
        .filter((connection) => serviceId === undefined || connection.serviceId === serviceId)
        .map(({ connectionId }) => connectionId)
        .filter((connectionId) => connectionId !== except);
    },

    async anyListening(tenantId) {
      return liveOf(tenantId).some(({ filter }) => filter !== undefined);
    },

    async forget(tenantId, connectionIds) {
      for (const connectionId of connectionIds) {
        if (own(tenantId, connectionId)) connections.delete(connectionId);
      }
    },

    async overdue(limit) {
      const overdue = [...connections.values()].flatMap((connection): Overdue[] => {
        const { tenantId, connectionId } = connection;
        if (!isAlive(state, connection)) return [{ tenantId, connectionId, reason: 'expired' }];
        const waited = streamOf(state, tenantId).events.some(
          (event) => event.awaiting.includes(connectionId) && ageMs(state, event) > patienceMs,
        );
        return waited ? [{ tenantId, connectionId, reason: 'unreached' }] : [];
      });
      return overdue.slice(0, limit);
    },
  };
}

/** Events after a place; all of them when it is beyond the end, so from before the store was restored. */
const behind = ({ events, lastSequence }: Stream, { sequence, except }: StreamPosition) =>
  events.filter(
    (event) => event.sequence > (sequence > lastSequence ? 0 : sequence) || except.includes(event.sequence),
  );

const hasGap = ({ events, lastSequence }: Stream, { sequence, except }: StreamPosition): boolean =>
  sequence > lastSequence || (events[0]?.sequence ?? lastSequence + 1) > Math.min(sequence + 1, ...except);
