import type { JsonValue } from '../../kernel/json.ts';

type RedactText = (text: string, field: string) => string;

/** A value with every string and key redacted. `field` is the key under which the value stands. */
export function redactJsonWith(value: JsonValue, redact: RedactText, field = ''): JsonValue {
  if (typeof value === 'string') return redact(value, field);
  if (typeof value === 'number') return redactNumber(value, redact, field);
  if (Array.isArray(value)) return value.map((item) => redactJsonWith(item, redact, field));
  if (value === null || typeof value !== 'object') return value;
  const members = new Map<string, JsonValue>();
  for (const [key, member] of Object.entries(value)) {
    members.set(unusedKey(redact(key, ''), members), redactJsonWith(member, redact, key));
  }
  return Object.fromEntries(members);
}

/** Only where all its digits are one finding; the number then becomes a string. */
function redactNumber(value: number, redact: RedactText, field: string): JsonValue {
  if (!Number.isSafeInteger(value) || value < 1_000_000) return value;
  const text = String(value);
  const redacted = redact(text, field);
  return redacted === text ? value : redacted;
}

/** Two keys that are masked alike must not overwrite each other. */
function unusedKey(key: string, members: ReadonlyMap<string, JsonValue>): string {
  let unused = key;
  for (let n = 2; members.has(unused); n++) unused = `${key} (${n})`;
  return unused;
}
