import * as z from 'zod';
import { loadOnce } from '../../kernel/load-once.ts';
import type { GraphChangeQueue } from '../../replication/ports.ts';
import type { Provider } from '../../runtime/deps.ts';

const config = z.object({ GRAPH_CHANGES_QUEUE_URL: z.url() });

/** Most writes reach the graph by themselves and send nothing: the client is loaded for the first that does. */
export const graphChangesProvider: Provider<GraphChangeQueue, typeof config> = {
  config,
  build({ GRAPH_CHANGES_QUEUE_URL }) {
    const queue = loadOnce(async () => (await import('./open-queue.ts')).openQueue(GRAPH_CHANGES_QUEUE_URL));
    return { send: async (changes) => (await queue()).send(changes) };
  },
};
