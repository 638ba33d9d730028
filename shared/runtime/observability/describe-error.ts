import { isAppError } from '../../kernel/app-error.ts';

/** Names of errors whose message is written by this code or names code, never a caller's data. */
const safeMessages = new Set(['AppError', 'ConfigurationError', 'TypeError', 'ReferenceError', 'RangeError']);
const maximumCauses = 4;

/**
 * An error for a log line: name, code and stack frames of it and its causes. The message of a driver or of
 * JSON.parse may quote the content of a memory, so those are left out; the frames and the code identify the fault.
 */
export function describeError(error: unknown, remaining = maximumCauses): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code: unknown = Reflect.get(error, 'code');
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(safeMessages.has(error.name) ? { message: error.message } : {}),
    ...(isAppError(error) ? { retryable: error.retryable } : {}),
    frames: frames.map((line) => line.trim()),
    ...(error.cause !== undefined && remaining > 0
      ? { cause: describeError(error.cause, remaining - 1) }
      : {}),
  };
}
