import type { ErrorCode } from '../contracts/errors.ts';

export interface AppErrorOptions {
  /** Whether the same call may succeed later: decides between retry and dead-letter queue. */
  retryable?: boolean;
  /** Facts for the caller, sent in the problem document. Never SQL, a stack or a host name. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * The one error type that crosses a port. Adapters translate their driver's errors into it at their own edge;
 * whatever else reaches the runtime is a defect and is answered as `internal`.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;

  /** @param detail one sentence for the caller that says what to change. */
  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** Guard for a code without `instanceof`, which fails across bundles that each carry the class. */
export function hasCode(error: unknown, code: ErrorCode): error is AppError {
  return error instanceof Error && error.name === 'AppError' && (error as AppError).code === code;
}

export const isAppError = (error: unknown): error is AppError =>
  error instanceof Error && error.name === 'AppError';
