import type * as z from 'zod';
import type { persistenceStatusAnswer } from '../contracts/admin/operations.ts';
import type { Clock } from '../kernel/clock.ts';
import type { GraphProjection, SyncState } from './ports.ts';

export type PersistenceStatus = z.output<typeof persistenceStatusAnswer>;

/** Below this the graph is too far behind to be called healthy. Percent. */
const healthyAbove = 90;

/**
 * The state of both stores and how much of a tenant's memories the graph has. `unhealthy`: Postgres, which decides,
 * does not answer; `degraded`: the graph does not, or lacks more than a tenth; else `healthy`.
 */
export async function persistenceStatus(
  tenantId: string,
  { syncState, graph, clock }: { syncState: SyncState; graph: GraphProjection; clock: Clock },
): Promise<PersistenceStatus> {
  const [postgresUp, graphUp, ledger, counted] = await Promise.all([
    syncState.ping(),
    graph.ping(),
    // a store that fails here has no number to give; its health says why
    syncState.statistics(tenantId).catch(() => undefined),
    graph.count(tenantId).catch(() => undefined),
  ]);
  const lastCheck = clock.now().toISOString();
  const vectorStore = { available: postgresUp, healthy: postgresUp && ledger !== undefined, lastCheck };
  const graphStore = { available: graphUp, healthy: graphUp && counted !== undefined, lastCheck };

  const vectorStoreCount = ledger?.memories ?? 0;
  const sync = {
    vectorStoreCount,
    graphStoreCount: counted ?? ledger?.projected ?? 0,
    syncPercentage: ledger
      ? percentage(Math.min(ledger.projected, counted ?? ledger.projected), ledger.memories)
      : 0,
  };
  return {
    status: statusOf(vectorStore.healthy, graphStore.healthy && sync.syncPercentage >= healthyAbove),
    stores: { vectorStore, graphStore },
    metrics: { totalMemories: vectorStoreCount, ...sync },
    sync,
  };
}

const statusOf = (deciding: boolean, derived: boolean): PersistenceStatus['status'] =>
  deciding ? (derived ? 'healthy' : 'degraded') : 'unhealthy';

/** Rounded down, so that 100 means all of them; nothing lacks where there is nothing. */
const percentage = (part: number, whole: number) =>
  whole === 0 ? 100 : Math.min(100, Math.floor((part / whole) * 10_000) / 100);
