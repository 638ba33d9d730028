import * as z from 'zod';
import { loadOnce } from '../../kernel/load-once.ts';
import type { EventPublisher } from '../../replication/ports.ts';
import type { Provider } from '../../runtime/deps.ts';

const config = z.object({ EVENT_BUS_NAME: z.string().min(1) });

/** A write publishes only where somebody listens: the client is loaded for the first that does. */
export const eventBusProvider: Provider<EventPublisher, typeof config> = {
  config,
  build({ EVENT_BUS_NAME }, { logger }) {
    const bus = loadOnce(async () => (await import('./open-bus.ts')).openBus(EVENT_BUS_NAME, logger));
    return { publish: async (events) => (await bus()).publish(events) };
  },
};
