import { isTaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import { isAppError } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { EntityExtractor } from '../ports.ts';
import type { Warning } from '../warning.ts';
import type { MemoryGraph } from './ports.ts';

export interface GraphArmDeps {
  graph: MemoryGraph;
  entityExtractor: EntityExtractor;
  logger: Logger;
}

export interface GraphArm {
  hits: { id: string; score: number }[];
  warning?: Warning;
}

/**
 * The other arms take a few milliseconds; a search does not wait for a slow graph. Entities of the query get more
 * time, because the first query of a process loads what finds them.
 */
const graphPatience = timeout(200, TimeoutStrategy.Aggressive);
const extractionPatience = timeout(1_000, TimeoutStrategy.Aggressive);
const hitLimit = 100;

/** Memories that share entities with the query. Never fails: without a graph the other arms answer. */
export async function graphArm(tenantId: string, query: string, deps: GraphArmDeps): Promise<GraphArm> {
  const { graph, entityExtractor, logger } = deps;
  try {
    const [entities = []] = await extractionPatience.execute(() => entityExtractor.extract([query]));
    if (entities.length === 0) return { hits: [] };
    const hits = await graphPatience.execute(() => graph.recallByEntities(tenantId, entities, hitLimit));
    return { hits };
  } catch (error) {
    const expected = isTaskCancelledError(error) || isAppError(error);
    logger[expected ? 'warn' : 'error']('recall went on without the graph', { error });
    return {
      hits: [],
      warning: {
        code: 'graph_unavailable',
        detail: 'The graph did not answer in time; relations were not used for this recall.',
      },
    };
  }
}
