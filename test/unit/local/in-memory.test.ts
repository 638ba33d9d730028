import { inMemoryEventPublisher } from '../../../shared/adapters/in-memory/bus.ts';
import { inMemoryMemoryCache } from '../../../shared/adapters/in-memory/cache.ts';
import { inMemoryGraphChanges } from '../../../shared/adapters/in-memory/queue.ts';
import { describeEventPublisher } from '../../conformance/event-publisher.ts';
import { describeGraphChangeQueue } from '../../conformance/graph-change-queue.ts';
import { describeMemoryCache } from '../../conformance/memory-cache.ts';

describeMemoryCache('in memory', (clock) => inMemoryMemoryCache({ clock }));

describeGraphChangeQueue('in memory', async () => {
  const queue = inMemoryGraphChanges();
  return { queue, takeAll: async () => queue.take() };
});

describeEventPublisher('in memory', async () => {
  const publisher = inMemoryEventPublisher();
  return { publisher, arrived: async () => [...publisher.published] };
});
