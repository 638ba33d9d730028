import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { chunksOf } from '../kernel/chunks-of.ts';
import type { Logger } from '../kernel/logger.ts';
import type { GraphChangeQueue, GraphProjection, SyncState } from './ports.ts';
import { mayPass, projectMemories } from './project-memories.ts';

export interface InlineProjectorPorts {
  syncState: SyncState;
  graph: GraphProjection;
  graphChanges: GraphChangeQueue;
  logger: Logger;
}

export interface InlineProjectorOptions {
  /** What a write waits for the graph at most. */
  budgetMs?: number;
  /** Attempts in a row that fail or overrun before writes stop trying. */
  failures?: number;
  /** How long they stop. */
  halfOpenAfterMs?: number;
}

interface Changed {
  id: string;
  version: number;
}

export interface InlineProjector {
  project(tenantId: string, changed: Changed[]): Promise<Set<string>>;
}

/** Small, so that of a large write what is done within the budget counts. */
const memoriesAtOnce = 100;

/** Of each graph, because who projects inline may be made anew for every request. */
const circuits = new WeakMap<GraphProjection, CircuitBreakerPolicy>();

/**
 * Tries to project right after a write, within a budget and behind a circuit of its own: an open one also saves
 * the read of Postgres, and a graph that is merely slow opens it. What is not done in time goes to the queue; if
 * that fails too, the sweeper finds it in the ledger. An attempt that ends after the budget changes nothing but
 * that the queue's message finds its work done. Never throws.
 */
export function inlineProjector(
  ports: InlineProjectorPorts,
  { budgetMs = 250, failures = 5, halfOpenAfterMs = 10_000 }: InlineProjectorOptions = {},
): InlineProjector {
  const policy = wrap(
    circuitOf(ports.graph, failures, halfOpenAfterMs),
    timeout(budgetMs, TimeoutStrategy.Aggressive),
  );
  const { graphChanges, logger } = ports;

  return {
    async project(tenantId, changed) {
      if (changed.length === 0) return new Set();
      const reached = new Set<string>();
      try {
        await policy.execute(({ signal }) => attempt(tenantId, changed, ports, reached, signal));
      } catch (error) {
        if (!isBrokenCircuitError(error)) {
          logger.warn('graph not projected inline', { tenantId, count: changed.length, error });
        }
      }
      // a copy: an attempt that goes on after the budget must not change the answer
      const projected = new Set(reached);
      const left = changed.filter(({ id }) => !projected.has(id));
      if (left.length > 0) await enqueue(tenantId, left, graphChanges, logger);
      return projected;
    },
  };
}

function circuitOf(graph: GraphProjection, failures: number, halfOpenAfter: number): CircuitBreakerPolicy {
  const known = circuits.get(graph);
  if (known) return known;
  const circuit = circuitBreaker(handleWhen(mayPass), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter,
  });
  circuits.set(graph, circuit);
  return circuit;
}

/** Adds to `reached` what is done, chunk by chunk. @throws what keeps the others from being tried now */
async function attempt(
  tenantId: string,
  changed: readonly Changed[],
  ports: InlineProjectorPorts,
  reached: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  for (const chunk of chunksOf(changed, memoriesAtOnce)) {
    if (signal.aborted) return;
    const ids = chunk.map(({ id }) => id);
    const { projected, failed } = await projectMemories(tenantId, ids, ports);
    for (const { id, version } of chunk) if ((projected.get(id) ?? 0) >= version) reached.add(id);
    const outage = failed.find(({ error }) => mayPass(error));
    if (outage) throw outage.error;
    const [refused] = failed;
    if (refused)
      ports.logger.error('graph refuses a state', { tenantId, memoryId: refused.id, error: refused.error });
  }
}

async function enqueue(
  tenantId: string,
  left: readonly Changed[],
  graphChanges: GraphChangeQueue,
  logger: Logger,
): Promise<void> {
  try {
    await graphChanges.send(
      left.map(({ id, version }) => ({ schemaVersion: 1, tenantId, memoryId: id, version })),
    );
  } catch (error) {
    logger.warn('graph changes not sent, left to the sweeper', { tenantId, count: left.length, error });
  }
}
