import { TimeoutStrategy, timeout } from 'cockatiel';
import type { Clock } from '../kernel/clock.ts';
import { leastRecent } from '../kernel/least-recent.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EventPublisher, Outbox } from './ports.ts';

/** Who waits for a tenant's events as they happen. */
export interface Listeners {
  anyListening(tenantId: string): Promise<boolean>;
}

export interface PromptRelayPorts {
  outbox: Outbox;
  eventBus: EventPublisher;
  socketConnections: Listeners;
  clock: Clock;
  logger: Logger;
}

/** What a write waits for its events at most. */
const budgetMs = 250;
/** What is known of a tenant's listeners is believed for so long: somebody who just came waits for the relay. */
const knownMs = 2_000;
const eventsAtOnce = 100;

const nothingKnown = () => leastRecent(() => ({ listening: false, until: 0 }));
/** Of each outbox, because who replicates inline may be made anew for every request. */
const knowledge = new WeakMap<Outbox, ReturnType<typeof nothingKnown>>();

/**
 * Publishes right after a write where somebody listens, so that he hears of it at once and not by the minute. All
 * that is not done here, for whatever reason, the relay does; so it never throws, and where nobody listens a write
 * costs the bus nothing.
 * @returns publishes what waits, of the tenant that has written and of others
 */
export function promptRelay(ports: PromptRelayPorts): (tenantId: string) => Promise<void> {
  const { outbox, eventBus, socketConnections, clock, logger } = ports;
  const tenants = knowledge.get(outbox) ?? nothingKnown();
  knowledge.set(outbox, tenants);
  const limit = timeout(budgetMs, TimeoutStrategy.Aggressive);

  async function anyListening(tenantId: string): Promise<boolean> {
    const now = clock.now().getTime();
    const known = tenants.of(tenantId);
    if (known.until <= now) {
      known.listening = await socketConnections.anyListening(tenantId);
      known.until = now + knownMs;
    }
    return known.listening;
  }

  return async (tenantId) => {
    try {
      await limit.execute(async () => {
        if (await anyListening(tenantId))
          await outbox.drain(eventsAtOnce, (events) => eventBus.publish(events));
      });
    } catch (error) {
      logger.warn('events not published at once, left to the relay', { tenantId, error });
    }
  };
}
