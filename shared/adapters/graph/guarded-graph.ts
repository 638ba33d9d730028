import {
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
  isTaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { AppError, isAppError } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { MemoryGraph } from '../../memory/recall/ports.ts';
import type { GraphProjection } from '../../replication/ports.ts';

export interface GuardOptions {
  /** Of one call, after which its caller is let go. Milliseconds. */
  timeoutMs: number;
  /** Failures in a row that open the circuit. */
  failures: number;
  /** How long it stays open before one call tries again. Milliseconds. */
  halfOpenAfterMs: number;
  logger: Logger;
}

/**
 * A graph that fails fast: each call is bounded in time, and after some failures in a row the next ones are
 * refused at once for a while. Both end in `graph_unavailable`, retryable. Refusals of a request by a graph that
 * answers do not count. A call that was given up may still take effect, which the version guards make harmless.
 */
export function guardedGraph(
  graph: GraphProjection & MemoryGraph,
  { timeoutMs, failures, halfOpenAfterMs, logger }: GuardOptions,
): GraphProjection & MemoryGraph {
  const patience = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  const circuit = circuitBreaker(handleWhen(isOutage), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: halfOpenAfterMs,
  });
  circuit.onBreak(() => logger.warn('graph circuit opened', { failures, halfOpenAfterMs }));
  circuit.onReset(() => logger.info('graph circuit closed'));
  const policy = wrap(circuit, patience);

  const guarded = <T>(call: () => Promise<T>): Promise<T> =>
    policy.execute(call).catch((error: unknown) => {
      throw asUnavailable(error);
    });

  return {
    apply: (states) => guarded(() => graph.apply(states)),
    count: (tenantId) => guarded(() => graph.count(tenantId)),
    related: (tenantId, id, options) => guarded(() => graph.related(tenantId, id, options)),
    recallByEntities: (tenantId, entities, limit) =>
      guarded(() => graph.recallByEntities(tenantId, entities, limit)),
    // past the circuit: whoever asks for its health wants to know how it is now
    ping: () => patience.execute(() => graph.ping()).catch(() => false),
  };
}

const isOutage = (error: unknown) => isTaskCancelledError(error) || (isAppError(error) && error.retryable);

function asUnavailable(error: unknown): unknown {
  if (isBrokenCircuitError(error)) {
    return new AppError(
      'graph_unavailable',
      'The graph is not asked for a moment, because it failed before.',
      {
        retryable: true,
        cause: error,
      },
    );
  }
  if (isTaskCancelledError(error)) {
    return new AppError('graph_unavailable', 'The graph did not answer in time.', {
      retryable: true,
      cause: error,
    });
  }
  return error;
}
