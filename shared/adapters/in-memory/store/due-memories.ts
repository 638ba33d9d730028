import type { ArchivePolicy } from '../../../lifecycle/ports.ts';
import type { InMemoryState, StoredMemory, TenantState } from './state.ts';

const dayMs = 86_400_000;

/** Whether nobody has changed or read a memory for so long that it may go. */
export function isDue(
  { clock }: InMemoryState,
  { state, archived, vectors, updatedAt, lastAccessedAt }: StoredMemory,
  { afterDays, keepImportance }: ArchivePolicy,
): boolean {
  const since = clock.now().getTime() - afterDays * dayMs;
  return (
    archived === undefined &&
    state.deletedAt === undefined &&
    state.expiresAt === undefined &&
    state.type !== 'working' &&
    state.importance < keepImportance &&
    Date.parse(updatedAt) < since &&
    (lastAccessedAt === undefined || Date.parse(lastAccessedAt) < since) &&
    ![...vectors.values()].some(({ pending }) => pending)
  );
}

export const inPackUnderWay = ({ packs }: TenantState, memoryId: string): boolean =>
  [...packs.values()].some(({ state, members }) => state === 'writing' && members.has(memoryId));
