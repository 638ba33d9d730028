import { limits } from '../../contracts/limits.ts';
import type { Operation } from '../../contracts/operation.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Headers } from './event.ts';

const printableKey = new RegExp(`^[\\x20-\\x7e]{1,${limits.idempotencyKeyLength}}$`);
const versionTag = /^(?:([1-9]\d{0,8})|(?:W\/)?"([1-9]\d{0,8})")$/;

/** @throws AppError `invalid_idempotency_key` */
export function readIdempotencyKey(operation: Operation, headers: Headers): string | undefined {
  const key = operation.idempotent ? headers['idempotency-key'] : undefined;
  if (key === undefined || printableKey.test(key)) return key;
  throw new AppError(
    'invalid_idempotency_key',
    `Idempotency-Key takes 1 to ${limits.idempotencyKeyLength} printable ASCII characters.`,
  );
}

/**
 * The version that `If-Match` asks for: `3`, `"3"` or `W/"3"`. `*` asks for any version, which is no condition.
 * @throws AppError `invalid_if_match`
 */
export function readIfMatch(operation: Operation, headers: Headers): number | undefined {
  const value = operation.conditional ? headers['if-match']?.trim() : undefined;
  if (value === undefined || value === '*') return undefined;
  const [, bare, quoted] = versionTag.exec(value) ?? [];
  const version = bare ?? quoted;
  if (version !== undefined) return Number(version);
  throw new AppError('invalid_if_match', 'If-Match takes one version, such as "3".');
}
