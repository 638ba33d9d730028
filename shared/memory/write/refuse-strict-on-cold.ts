import { AppError } from '../../kernel/app-error.ts';
import type { MemoryStore } from '../ports.ts';
import type { Draft } from './derive.ts';

/**
 * A strict write may have to be undone, for which it needs the state before it. That of a cold memory is in the
 * archive, perhaps frozen: better refused before than not undone after.
 * @throws AppError `memory_archived`
 */
export async function refuseStrictOnCold(
  tenantId: string,
  drafts: readonly Draft[],
  memories: MemoryStore,
): Promise<void> {
  const references = drafts.flatMap(({ kind, state: { externalId } }) =>
    kind === 'stored' && externalId !== undefined ? [externalId] : [],
  );
  if (references.length === 0) return;
  const ids = [...(await memories.resolve(tenantId, references)).values()];
  const cold = (await memories.get(tenantId, ids, { uncounted: true })).find(({ archived }) => archived);
  if (cold === undefined) return;
  throw new AppError(
    'memory_archived',
    'A strict write cannot replace an archived memory; restore it first, or write with consistency eventual.',
    { details: { memoryId: cold.id } },
  );
}
