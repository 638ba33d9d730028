import type { ArchivePolicy } from '../../../lifecycle/ports.ts';
import type { InMemoryState, StoredMemory, TenantState } from './state.ts';

const dayMs = 86_400_000;

const usedAt = ({ updatedAt, lastAccessedAt = updatedAt }: StoredMemory) =>
  Math.max(Date.parse(updatedAt), Date.parse(lastAccessedAt));

/** Whether nobody has changed or read a memory for so long that it may go. */
function isDue(
  { clock }: InMemoryState,
  stored: StoredMemory,
  { afterDays, keepImportance }: ArchivePolicy,
): boolean {
  const { state, archived, vectors } = stored;
  return (
    archived === undefined &&
    state.deletedAt === undefined &&
    state.expiresAt === undefined &&
    state.type !== 'working' &&
    state.importance < keepImportance &&
    usedAt(stored) < clock.now().getTime() - afterDays * dayMs &&
    ![...vectors.values()].some(({ pending }) => pending)
  );
}

/** Of a tenant, those unchanged for longest first; none while there are too few and none has waited long enough. */
export function dueMemories(
  shared: InMemoryState,
  tenant: TenantState,
  policy: ArchivePolicy,
  limit: number,
): StoredMemory[] {
  const due = [...tenant.memories.values()]
    .filter((stored) => isDue(shared, stored, policy) && !inPackUnderWay(tenant, stored.state.id))
    .sort((a, b) => a.updatedAt.localeCompare(b.updatedAt))
    .slice(0, limit);
  const waited = shared.clock.now().getTime() - (policy.afterDays + policy.waitDays) * dayMs;
  const go = due.length >= policy.minPackMemories || due.some((m) => usedAt(m) < waited);
  return go ? due : [];
}

export const inPackUnderWay = ({ packs }: TenantState, memoryId: string): boolean =>
  [...packs.values()].some(({ state, members }) => state === 'writing' && members.has(memoryId));
