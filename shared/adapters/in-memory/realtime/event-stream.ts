import { limits } from '../../../contracts/limits.ts';
import { matchesFilter } from '../../../realtime/matches-filter.ts';
import type { StreamEvent } from '../../../realtime/model.ts';
import type { EventStream } from '../../../realtime/ports.ts';
import { ageMs, isAlive, type KeptEvent, type RealtimeState, type Stream } from './state.ts';

const keptMs = 86_400_000;

export function inMemoryEventStream(state: RealtimeState): EventStream {
  const live = (tenantId: string) =>
    [...state.connections.values()].filter(
      (connection) => connection.tenantId === tenantId && isAlive(state, connection),
    );

  function place(tenantId: string, stream: Stream, event: StreamEvent): KeptEvent {
    const known = stream.events.find(({ id }) => id === event.id);
    if (known) return known;
    stream.lastSequence += 1;
    const placed = {
      ...structuredClone(event),
      sequence: stream.lastSequence,
      appendedAt: state.clock.now().toISOString(),
      awaiting: live(tenantId)
        .filter(({ filter }) => filter && matchesFilter(filter, event))
        .map(({ connectionId }) => connectionId),
    };
    stream.events.push(placed);
    return placed;
  }

  return {
    async append(tenantId, event) {
      const stream = state.streams.get(tenantId);
      if (!stream) return undefined;
      const { awaiting, ...placed } = place(tenantId, stream, event);
      return {
        event: structuredClone(placed),
        awaiting: live(tenantId)
          .map(({ connectionId }) => connectionId)
          .filter((connectionId) => awaiting.includes(connectionId)),
        unfinished: stream.events
          .filter((other) => other.sequence < placed.sequence)
          .filter((other) => other.awaiting.some((id) => state.connections.get(id)?.tenantId === tenantId))
          .map(({ sequence }) => sequence),
      };
    },

    async finish(tenantId, eventId, { unreached, gone }) {
      const event = state.streams.get(tenantId)?.events.find(({ id }) => id === eventId);
      if (event) event.awaiting = event.awaiting.filter((connectionId) => unreached.includes(connectionId));
      for (const connectionId of gone) {
        if (state.connections.get(connectionId)?.tenantId === tenantId)
          state.connections.delete(connectionId);
      }
    },

    async trim() {
      let trimmed = 0;
      for (const stream of state.streams.values()) {
        const kept = stream.events.filter(
          (event) =>
            ageMs(state, event) <= keptMs && event.sequence > stream.lastSequence - limits.keptEvents,
        );
        trimmed += stream.events.length - kept.length;
        stream.events = kept;
      }
      return trimmed;
    },
  };
}
