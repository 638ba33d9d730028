import {
  BrokenCircuitError,
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
  type IRetryBackoffContext,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { AppError, isAppError } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { RemoteErrorCode } from './provider-error.ts';

/** Times in milliseconds. */
export interface RemoteCallOptions {
  attemptTimeoutMs: number;
  /** For all requests of one call together, waits included. */
  totalTimeoutMs: number;
  /** Attempts after the first. */
  maxRetries: number;
  firstDelayMs: number;
  maxDelayMs: number;
  /** A provider that asks for a longer pause is not tried again within the call. */
  maxRetryAfterMs: number;
  /** Failures in a row after which nothing is sent, until one trial request after `openMs` succeeds. */
  failuresToOpen: number;
  openMs: number;
  /** Requests under way at once. */
  concurrency: number;
}

export const defaultRemoteCallOptions: RemoteCallOptions = {
  attemptTimeoutMs: 5_000,
  totalTimeoutMs: 12_000,
  maxRetries: 2,
  firstDelayMs: 100,
  maxDelayMs: 2_000,
  maxRetryAfterMs: 3_000,
  failuresToOpen: 5,
  openMs: 10_000,
  concurrency: 4,
};

type Request<T, R> = (item: T, signal: AbortSignal) => Promise<R>;

export interface RemoteCalls {
  /**
   * Sends one request per item and answers in the items' order. The first item that fails for good ends the call
   * and stops the others.
   * @throws AppError with the code of the port; `retryable` when time, the circuit or the provider's state was
   * the reason.
   */
  all<T, R>(items: readonly T[], request: Request<T, R>): Promise<R[]>;
}

/** One per provider and process: it keeps the state of the circuit. */
export function remoteCalls(
  code: RemoteErrorCode,
  { logger, ...given }: Partial<RemoteCallOptions> & { logger: Logger },
): RemoteCalls {
  const options = { ...defaultRemoteCallOptions, ...given };
  const breaker = circuitBreaker(handleWhen(isTransient), {
    breaker: new ConsecutiveBreaker(options.failuresToOpen),
    halfOpenAfter: options.openMs,
  });
  breaker.onBreak(() => logger.warn('circuit opened', { code, openMs: options.openMs }));
  breaker.onReset(() => logger.info('circuit closed', { code }));
  const guarded = wrap(
    bulkhead(options.concurrency, Number.POSITIVE_INFINITY),
    retry(
      handleWhen((error) => isTransient(error) && retryAfterMs(error) <= options.maxRetryAfterMs),
      { maxAttempts: options.maxRetries, backoff: delays(options) },
    ),
    breaker,
    timeout(options.attemptTimeoutMs, TimeoutStrategy.Aggressive),
  );
  const whole = timeout(options.totalTimeoutMs, TimeoutStrategy.Aggressive);

  return {
    async all<T, R>(items: readonly T[], request: Request<T, R>): Promise<R[]> {
      try {
        return await whole.execute(({ signal }) =>
          Promise.all(
            items.map((item) => guarded.execute((attempt) => request(item, attempt.signal), signal)),
          ),
        );
      } catch (error) {
        throw translated(code, error);
      }
    },
  };
}

/** A time-out of an attempt, or a failure that its adapter calls retryable. */
const isTransient = (error: unknown): boolean =>
  error instanceof TaskCancelledError || (isAppError(error) && error.retryable);

function retryAfterMs(error: unknown): number {
  const seconds = isAppError(error) ? error.details.retryAfterSeconds : undefined;
  return typeof seconds === 'number' ? seconds * 1_000 : 0;
}

type RetryContext = IRetryBackoffContext<unknown>;

/** Exponential with jitter, on top of what the provider asked for: those that were sent away together part ways. */
function delays({
  firstDelayMs,
  maxDelayMs,
}: RemoteCallOptions): DelegateBackoff<RetryContext, IBackoff<unknown>> {
  const exponential = new ExponentialBackoff({ initialDelay: firstDelayMs, maxDelay: maxDelayMs });
  return new DelegateBackoff((context, previous) => {
    const state = previous ? previous.next(context) : exponential.next();
    const asked = 'error' in context.result ? retryAfterMs(context.result.error) : 0;
    return { delay: asked + state.duration, state };
  });
}

function translated(code: RemoteErrorCode, cause: unknown): unknown {
  if (isAppError(cause)) return cause;
  if (cause instanceof BrokenCircuitError) {
    return new AppError(code, 'The model provider failed repeatedly and is given a pause.', {
      retryable: true,
      cause,
    });
  }
  if (cause instanceof TaskCancelledError) {
    return new AppError(code, 'The model provider did not answer in time.', { retryable: true, cause });
  }
  return cause;
}
