import type { EventEnvelope } from '../../contracts/events.ts';
import type { Outbox } from '../../replication/ports.ts';
import type { InMemoryState } from './store/state.ts';

/** Events that writes left. Those that one drain has in hand are passed over by another. */
export function inMemoryOutbox({ outbox }: InMemoryState): Outbox {
  return {
    async drain(limit, publish) {
      const claimed = outbox.filter((event) => !event.claimed).slice(0, limit);
      if (claimed.length === 0) return { claimed: 0, published: 0 };
      for (const event of claimed) event.claimed = true;
      try {
        const events = claimed.map(
          ({ claimed: _, ...event }): EventEnvelope => structuredClone({ ...event, schemaVersion: 1 }),
        );
        const accepted = new Set(await publish(events));
        const published = claimed.filter((event) => accepted.has(event.id));
        for (const event of published) outbox.splice(outbox.indexOf(event), 1);
        return { claimed: claimed.length, published: published.length };
      } finally {
        for (const event of claimed) event.claimed = false;
      }
    },
  };
}
