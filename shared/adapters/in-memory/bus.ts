import type { EventEnvelope } from '../../contracts/events.ts';
import type { EventPublisher } from '../../replication/ports.ts';

/** The bus as an array of what it accepted, in order. */
export interface InMemoryEventPublisher extends EventPublisher {
  readonly published: readonly EventEnvelope[];
}

export function inMemoryEventPublisher(): InMemoryEventPublisher {
  const published: EventEnvelope[] = [];
  return {
    published,
    async publish(events) {
      published.push(...structuredClone(events));
      return events.map((event) => event.id);
    },
  };
}
