import { type ErrorCode, errorStatus } from '../../contracts/errors.ts';
import { type AppError, isAppError } from '../../kernel/app-error.ts';
import type { HttpAnswer } from './event.ts';

/** Seconds after which a client may try again, where the error does not know better. */
const retryAfter: Readonly<Record<number, number>> = { 429: 5, 503: 1 };

/** Sent instead of whatever a defect says: its message may hold SQL, a host or somebody's data. */
const internalDetail = 'Something went wrong in the service. Report the requestId if it happens again.';

/** An error that a caller is told of; a defect, or an error of another version, is none. */
export const knownError = (error: unknown): AppError | undefined =>
  isAppError(error) && error.code in errorStatus && error.code !== 'internal' ? error : undefined;

export const publicDetail = (known: AppError | undefined): string => known?.message ?? internalDetail;

/** RFC 9457. `errors` lists what validation found, `details` holds facts that belong to the code. */
export function problemAnswer(error: unknown, requestId: string): HttpAnswer {
  const known = knownError(error);
  const code: ErrorCode = known?.code ?? 'internal';
  const status = errorStatus[code];
  const { errors, ...details } = known?.details ?? {};
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
      ...headersFor(status, known),
    },
    body: JSON.stringify({
      type: `urn:strata:problem:${code}`,
      title: titleOf(code),
      status,
      code,
      detail: publicDetail(known),
      requestId,
      ...(errors === undefined ? {} : { errors }),
      ...(Object.keys(details).length > 0 ? { details } : {}),
    }),
    isBase64Encoded: false,
  };
}

function headersFor(status: number, error: AppError | undefined): Record<string, string> {
  const { retryAfterSeconds, allow } = error?.details ?? {};
  const seconds = typeof retryAfterSeconds === 'number' ? Math.ceil(retryAfterSeconds) : retryAfter[status];
  return {
    ...(status in retryAfter ? { 'retry-after': String(seconds) } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 405 && Array.isArray(allow) ? { allow: allow.join(', ') } : {}),
  };
}

/** `version_conflict` → `Version conflict` */
const titleOf = (code: ErrorCode) => `${code[0]?.toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`;
