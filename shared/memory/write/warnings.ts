import type { Memory } from '../model.ts';
import type { RedactionCounts } from '../redaction/redactor.ts';
import type { Draft } from './derive.ts';

/** Something that the caller should know about a write that succeeded. */
export interface Warning {
  code: string;
  detail: string;
  [fact: string]: unknown;
}

/** References that lead nowhere yet. */
export const unresolvedReferences = (memories: Memory[]): Warning[] =>
  memories.flatMap((memory) =>
    memory.relationships
      .filter((edge) => edge.targetId === undefined)
      .map((edge) => ({
        code: 'unresolved_reference',
        detail: 'No memory has this id or externalId yet; the edge appears when one arrives.',
        memoryId: memory.id,
        reference: edge.target,
      })),
  );

/** What redaction took out of all drafts together. */
export function redactions(drafts: Draft[]): Warning[] {
  const total: RedactionCounts = {};
  for (const [kind, count] of drafts.flatMap((draft) => Object.entries(draft.redacted ?? {}))) {
    total[kind as keyof RedactionCounts] = (total[kind as keyof RedactionCounts] ?? 0) + count;
  }
  if (Object.keys(total).length === 0) return [];
  return [
    {
      code: 'personal_data_redacted',
      detail: 'Personal data was replaced before it was stored.',
      found: total,
    },
  ];
}
