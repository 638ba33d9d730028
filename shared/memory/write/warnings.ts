import type { Memory } from '../model.ts';
import type { RedactionCounts } from '../redaction/redactor.ts';
import type { Warning } from '../warning.ts';
import type { Draft } from './derive.ts';
import { addCounts } from './redaction-run.ts';

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
  for (const { redacted = {} } of drafts) addCounts(total, redacted);
  if (Object.keys(total).length === 0) return [];
  return [
    {
      code: 'personal_data_redacted',
      detail: 'Personal data was replaced before it was stored.',
      found: total,
    },
  ];
}
