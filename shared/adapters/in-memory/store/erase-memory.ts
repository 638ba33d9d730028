import type { EraseOutcome } from '../../../memory/ports.ts';
import { leaveEvent } from './apply-write.ts';
import { notFoundFailure, versionConflict } from './check-writes.ts';
import { digestOf } from './digest.ts';
import type { InMemoryState, TenantState } from './state.ts';

/** What erasing one memory would do, before anything is done. */
export function eraseOutcome(
  tenant: TenantState,
  { id, expectedVersion }: { id: string; expectedVersion?: number },
): EraseOutcome {
  const known = tenant.memories.get(id);
  if (!known) return notFoundFailure();
  if (expectedVersion !== undefined && expectedVersion !== known.version) {
    return versionConflict(known.version);
  }
  const edges = [...tenant.edges].flatMap(([source, list]) =>
    list.filter((edge) => source === id || edge.targetId === id),
  );
  const versions = tenant.versions.get(id) ?? [];
  const removed = 1 + versions.length + known.vectors.size + edges.length;
  const archived = tenant.archived.get(id)?.length ?? 0;
  return { ok: true, id, version: known.version + 1, removed, archived };
}

/** Takes a memory out of every table; its entry in the ledger stays as a tombstone without content. */
export function eraseMemory(shared: InMemoryState, tenantId: string, tenant: TenantState, id: string): void {
  const known = tenant.memories.get(id);
  const entry = tenant.ledger.get(id);
  if (!known || !entry) return;
  const version = known.version + 1;
  tenant.ledger.set(id, {
    ...entry,
    ...digestOf({ id, version, contentHash: '', edgesHash: '', deleted: true }),
    version,
    deleted: true,
    changedAt: shared.clock.now().getTime(),
  });
  leaveEvent(shared, tenantId, {
    type: 'memory.deleted',
    data: { memoryId: id, version, memoryType: known.state.type, hard: true },
  });
  tenant.memories.delete(id);
  tenant.versions.delete(id);
  tenant.edges.delete(id);
  tenant.archived.delete(id);
  for (const { operationId, memoryId } of [...tenant.operations.values()]) {
    if (memoryId === id) tenant.operations.delete(operationId);
  }
  for (const [source, edges] of tenant.edges) {
    tenant.edges.set(
      source,
      edges.filter((edge) => edge.targetId !== id),
    );
  }
}
