import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from './json.ts';

/** SHA-256 of the canonical JSON of a value, 64 lower-case hex digits. */
export function contentHash(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
