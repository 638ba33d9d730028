import { AppError } from '../../kernel/app-error.ts';

/** The error codes of what stands behind a model provider; each port has its own. */
export type RemoteErrorCode = 'embedding_unavailable' | 'extraction_unavailable';

/** Whether the same request may succeed later: throttled, timed out at the provider, or its own fault. */
const transient = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

/**
 * A provider's refusal, by its status alone: its body may repeat the text that was sent, and its headers a key.
 * @param retryAfterSeconds the provider's wish, kept in `details` for whoever schedules the next try.
 */
export function refusedByProvider(
  code: RemoteErrorCode,
  status: number,
  retryAfterSeconds?: number,
): AppError {
  return new AppError(code, `The model provider answered with status ${status}.`, {
    retryable: transient(status),
    details: { providerStatus: status, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
  });
}

/** The connection failed, or ended before the answer was complete. */
export const providerUnreachable = (code: RemoteErrorCode, cause: unknown): AppError =>
  new AppError(code, 'The model provider cannot be reached.', { retryable: true, cause });

/** The answer came but is not what was asked for: another try would bring the same. */
export const unusableAnswer = (code: RemoteErrorCode, what: string, cause?: unknown): AppError =>
  new AppError(code, `The model provider's answer is unusable: ${what}.`, { cause });

/**
 * `Retry-After` in seconds, from its number or its date; undefined when absent or not understood.
 */
export function retryAfterSeconds(
  header: string | null | undefined,
  now: number = Date.now(),
): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = /^\d{1,6}$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
