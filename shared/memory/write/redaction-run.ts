import type { JsonObject } from '../../kernel/json.ts';
import type { PersonalDataKind } from '../redaction/kinds.ts';
import type { RedactionCounts, Redactor } from '../redaction/redactor.ts';

/** The redaction of one memory's fields, with what it found in all of them together. */
export interface RedactionRun {
  text(value: string): string;
  json(value: JsonObject): JsonObject;
  readonly counts: RedactionCounts;
}

export function redactionRun(redactor: Redactor): RedactionRun {
  const counts: RedactionCounts = {};
  const add = (found: RedactionCounts) => {
    for (const [kind, count] of Object.entries(found) as [PersonalDataKind, number][]) {
      counts[kind] = (counts[kind] ?? 0) + count;
    }
  };
  return {
    counts,
    text: (value) => {
      const redacted = redactor.redactText(value);
      add(redacted.counts);
      return redacted.value;
    },
    json: (value) => {
      const redacted = redactor.redactJson(value);
      add(redacted.counts);
      return redacted.value as JsonObject;
    },
  };
}
