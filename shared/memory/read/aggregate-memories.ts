import type { z } from 'zod';
import type { aggregationsAnswer, aggregationsQuery } from '../../contracts/memory/recall.ts';
import { presentFields } from '../../kernel/present-fields.ts';
import type { MemoryStore } from '../ports.ts';
import { importanceToWire } from '../wire.ts';

/** Counts, importance and access of a tenant's live memories. */
export async function aggregateMemories(
  tenantId: string,
  query: z.output<typeof aggregationsQuery>,
  { memories }: { memories: MemoryStore },
): Promise<z.output<typeof aggregationsAnswer>> {
  const onWire = <T extends { averageImportance: number }>(group: T): T => ({
    ...group,
    averageImportance: importanceToWire(group.averageImportance),
  });
  const { total, groups, ...counts } = await memories.aggregate(tenantId, presentFields(query));
  return { ...counts, total: onWire(total), ...(groups && { groups: groups.map(onWire) }) };
}
