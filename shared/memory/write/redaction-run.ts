import type { JsonObject } from '../../kernel/json.ts';
import type { PersonalDataKind } from '../redaction/kinds.ts';
import type { RedactionCounts, Redactor } from '../redaction/redactor.ts';

/** The redaction of one memory's fields, with what it found in all of them together. */
export interface RedactionRun {
  text(value: string): string;
  json(value: JsonObject): JsonObject;
  readonly counts: RedactionCounts;
}

/** Adds what was found to a total. */
export function addCounts(total: RedactionCounts, found: RedactionCounts): void {
  for (const [kind, count] of Object.entries(found) as [PersonalDataKind, number][]) {
    total[kind] = (total[kind] ?? 0) + count;
  }
}

export function redactionRun(redactor: Redactor): RedactionRun {
  const counts: RedactionCounts = {};
  return {
    counts,
    text: (value) => {
      const redacted = redactor.redactText(value);
      addCounts(counts, redacted.counts);
      return redacted.value;
    },
    json: (value) => {
      const redacted = redactor.redactJson(value);
      addCounts(counts, redacted.counts);
      return redacted.value as JsonObject;
    },
  };
}
