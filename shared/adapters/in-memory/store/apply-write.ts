import { newId } from '../../../kernel/ids.ts';
import { presentFields } from '../../../kernel/present-fields.ts';
import { callerSpace } from '../../../memory/recall/ports.ts';
import type { CheckedWrite } from './check-writes.ts';
import { digestOf } from './digest.ts';
import {
  type InMemoryState,
  nowIso,
  type StoredEvent,
  type StoredMemory,
  type TenantState,
} from './state.ts';

/** Unit length, in halves as a database keeps it: what is archived and restored is then the same to the bit. */
export function unit(values: number[]): number[] {
  const norm = Math.hypot(...values);
  return values.map((value) => Math.f16round(value / norm));
}

function vectorsAfter({ write }: CheckedWrite, known: StoredMemory | undefined) {
  const vectors = new Map(known?.vectors);
  if (write.embedding) {
    const { space, values, pending } = write.embedding;
    vectors.set(space, { own: values && unit(values), pending });
  }
  if (write.callerEmbedding) {
    vectors.set(callerSpace, { own: unit(write.callerEmbedding), pending: false });
  }
  return vectors;
}

/** Leaves an event for the bus, with the write that caused it. */
export const leaveEvent = (
  shared: InMemoryState,
  tenantId: string,
  { type, data }: Pick<StoredEvent, 'type' | 'data'>,
): void => {
  shared.outbox.push({ tenantId, id: newId(), type, data, occurredAt: nowIso(shared), claimed: false });
};

/** One accepted write: the memory, its version, the ledger and the event. Edges follow for the whole set. */
export function applyWrite(
  shared: InMemoryState,
  tenantId: string,
  tenant: TenantState,
  actor: string,
  checked: CheckedWrite,
): void {
  const { write, id, version, created } = checked;
  const { kind, reason } = write;
  const now = nowIso(shared);
  const known = tenant.memories.get(id);
  const state = structuredClone({ ...write.state, id });

  if (write.callerEmbedding) tenant.callerDimension ??= write.callerEmbedding.length;
  tenant.memories.set(id, {
    state,
    version,
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
    accessCount: known?.accessCount ?? 0,
    ...(known?.lastAccessedAt !== undefined && { lastAccessedAt: known.lastAccessedAt }),
    vectors: vectorsAfter(checked, known),
    // whoever stores a memory whole makes it warm; a deletion says nothing of its content
    ...(known?.archived && kind === 'deleted' && { archived: known.archived }),
  });
  tenant.versions.set(id, [
    ...(tenant.versions.get(id) ?? []),
    {
      version,
      operation: created ? 'created' : kind === 'stored' ? 'updated' : kind,
      changedAt: now,
      changedBy: actor,
      ...(reason !== undefined && { reason }),
      state: structuredClone(state),
    },
  ]);
  const deleted = state.deletedAt !== undefined;
  tenant.ledger.set(id, {
    version,
    graphVersion: tenant.ledger.get(id)?.graphVersion ?? 0,
    ...digestOf({ id, version, contentHash: write.contentHash, edgesHash: write.edgesHash, deleted }),
    deleted,
    changedAt: shared.clock.now().getTime(),
  });

  const fact = presentFields({
    memoryId: id,
    version,
    memoryType: state.type,
    agentId: state.agentId,
    conversationId: state.conversationId,
  });
  if (created) leaveEvent(shared, tenantId, { type: 'memory.stored', data: fact });
  else if (kind !== 'deleted') leaveEvent(shared, tenantId, { type: 'memory.updated', data: fact });
  else leaveEvent(shared, tenantId, { type: 'memory.deleted', data: { ...fact, hard: false } });
}
