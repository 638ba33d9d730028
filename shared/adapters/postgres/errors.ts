import { AppError, isAppError } from '../../kernel/app-error.ts';

/** What the server says. A broken connection has a code of the system, and `EPIPE` would pass for one of these. */
const sqlState = (error: unknown): string | undefined => {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  return typeof code === 'string' && syscall === undefined ? code : undefined;
};

/** Rolled back by the database because of a competitor: the same statement may succeed at once. */
const competing = new Set(['40001', '40P01', '55P03']);
/** Shutting down, starting, recovering, read only after a failover, too many connections, cancelled. */
const unavailable = /^(08|53|57P)|^(25006|57014)$/;

/**
 * A driver's or server's error as the service's own. SQLSTATE class 22 means a value that Postgres refuses and
 * that validation let through: still the caller's to change. Messages of the server never leave.
 */
export function translateError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const state = sqlState(error);
  if (state === 'ST422') {
    return new AppError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another request; use a new key for a new request.',
      { cause: error },
    );
  }
  if (state !== undefined && competing.has(state)) {
    return new AppError('store_unavailable', 'The store is busy; try again.', {
      cause: error,
      retryable: true,
      details: { rolledBack: true },
    });
  }
  if (state !== undefined && /^[0-9A-Z]{5}$/.test(state) && !unavailable.test(state)) {
    if (state.startsWith('22')) {
      return new AppError(
        'validation_failed',
        'A value of the request cannot be stored; check its characters and ranges.',
        {
          cause: error,
        },
      );
    }
    return new AppError('internal', 'The store refused a statement.', { cause: error });
  }
  return new AppError('store_unavailable', 'The store cannot be reached; try again.', {
    cause: error,
    retryable: true,
  });
}

/** The name of the constraint that a statement violated. */
export const violatedConstraint = (error: AppError): string | undefined => {
  const cause = error.cause as { code?: string; constraint?: string } | undefined;
  return cause?.code === '23505' ? cause.constraint : undefined;
};
