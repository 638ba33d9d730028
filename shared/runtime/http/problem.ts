import { type ErrorCode, errorStatus } from '../../contracts/errors.ts';
import { quotaRetrySeconds } from '../../contracts/tenant-limits.ts';
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
      ...headersFor(code, status, known),
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

function headersFor(code: ErrorCode, status: number, error: AppError | undefined): Record<string, string> {
  const { retryAfterSeconds, allow } = error?.details ?? {};
  const otherwise = code === 'quota_exceeded' ? quotaRetrySeconds : retryAfter[status];
  const seconds = typeof retryAfterSeconds === 'number' ? Math.ceil(retryAfterSeconds) : otherwise;
  return {
    ...(status in retryAfter ? { 'retry-after': String(seconds) } : {}),
    ...(code === 'rate_limited' ? rateLimitFields(error?.details) : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 405 && Array.isArray(allow) ? { allow: allow.join(', ') } : {}),
  };
}

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it. Only with a refusal, which
 * knows both; an answer that succeeds would have to ask for the second.
 */
function rateLimitFields(details: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const { limit, perSecond, burst, available, retryAfterSeconds } = details;
  if (typeof burst !== 'number' || typeof perSecond !== 'number') return {};
  return {
    'ratelimit-policy': `"${limit}";q=${burst};w=${Math.ceil(burst / perSecond)}`,
    ratelimit: `"${limit}";r=${available};t=${retryAfterSeconds}`,
  };
}

/** `version_conflict` → `Version conflict` */
const titleOf = (code: ErrorCode) => `${code[0]?.toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`;
