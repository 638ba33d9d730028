import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';

export interface GuardOptions {
  clock: Clock;
  logger: Logger;
  /** The most that one call may cost a request. */
  timeoutMs: number;
  /** How long the table is left alone after three failures in a row. */
  openMs: number;
  /** What the log says when a call failed. */
  warning: string;
}

export type Guarded<T> = { ok: true; value: T } | { ok: false };

const warnEveryMs = 60_000;

/**
 * Runs calls to a table that can be done without, so that a dead one costs next to nothing: a short time-out, then a circuit that skips
 * the call altogether, and one log line a minute however many requests it concerns.
 */
export function callGuard({ clock, logger, timeoutMs, openMs, warning }: GuardOptions) {
  const policy = wrap(
    circuitBreaker(handleAll, { halfOpenAfter: openMs, breaker: new ConsecutiveBreaker(3) }),
    timeout(timeoutMs, TimeoutStrategy.Aggressive),
  );
  let lastWarning = Number.NEGATIVE_INFINITY;
  let failures = 0;

  function report(error: unknown) {
    failures += 1;
    const now = clock.now().getTime();
    if (now - lastWarning < warnEveryMs) return;
    lastWarning = now;
    logger.warn(warning, {
      failures,
      error: error instanceof Error ? error.name : String(error),
    });
    failures = 0;
  }

  return async function attempt<T>(call: (signal: AbortSignal) => Promise<T>): Promise<Guarded<T>> {
    try {
      return { ok: true, value: await policy.execute(({ signal }) => call(signal)) };
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) report(error);
      return { ok: false };
    }
  };
}
