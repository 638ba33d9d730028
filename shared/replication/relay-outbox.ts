import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventPublisher, Outbox } from './ports.ts';

export interface RelayPorts {
  outbox: Outbox;
  eventBus: EventPublisher;
  clock: Clock;
}

const eventsAtOnce = 100;
/** A batch takes less; stopped in the middle, its events would be published again by the next run. */
const batchMs = 5_000;

/**
 * Publishes what writes left in the outbox, batch by batch, until it is empty, the bus takes no more, or the
 * deadline is near. An event is deleted after the bus has it, so it may come twice and is never lost.
 * @throws AppError `store_unavailable` when Postgres fails, or the bus does as a whole
 */
export async function relayOutbox(
  { outbox, eventBus, clock }: RelayPorts,
  deadline: Date,
): Promise<{ published: number; refused: number }> {
  let published = 0;
  let refused = 0;
  while (deadline.getTime() - clock.now().getTime() > batchMs) {
    const batch = await outbox.drain(eventsAtOnce, (events) => eventBus.publish(events));
    published += batch.published;
    refused += batch.claimed - batch.published;
    // refused events are claimed again at once: without progress, the next run is soon enough
    if (batch.claimed < eventsAtOnce || batch.published === 0) break;
  }
  if (refused > 0 && published === 0) {
    // a failed run is what the alarm on the function sees
    throw new AppError('store_unavailable', 'The bus takes no events; they wait in the outbox.', {
      retryable: true,
      details: { refused },
    });
  }
  return { published, refused };
}
