import type { MemoryState, Relationship } from '../../../memory/model.ts';
import type { StoredMemory, TenantState } from './state.ts';

export function byExternalId(
  { memories }: TenantState,
  externalId: string | undefined,
): StoredMemory | undefined {
  if (externalId === undefined) return undefined;
  return [...memories.values()].find(({ state }) => state.externalId === externalId);
}

/** The memory that a reference names, by its id before by an external id. */
export function memoryNamed(tenant: TenantState, reference: string): string | undefined {
  const named = tenant.memories.get(reference.toLowerCase());
  if (named && named.state.deletedAt === undefined) return named.state.id;
  const external = byExternalId(tenant, reference);
  return external && external.state.deletedAt === undefined ? external.state.id : undefined;
}

const byTypeAndTarget = (a: Relationship, b: Relationship) =>
  Buffer.compare(Buffer.from(`${a.type}\0${a.target}`), Buffer.from(`${b.type}\0${b.target}`));

/** Gives each memory the edges of its new state, and finds the targets of those that waited for one of them. */
export function setEdges(tenant: TenantState, written: MemoryState[]): void {
  for (const { id, relationships } of written) {
    const edges = relationships.map(({ target, type, weight }): Relationship => {
      const targetId = memoryNamed(tenant, target);
      return { target, type, weight, ...(targetId !== undefined && { targetId }) };
    });
    tenant.edges.set(id, edges.sort(byTypeAndTarget));
  }
  const arrived = new Set(
    written
      .filter((state) => state.deletedAt === undefined)
      .flatMap(({ id, externalId }) => [id, id.toUpperCase(), externalId]),
  );
  for (const edge of [...tenant.edges.values()].flat()) {
    if (edge.targetId !== undefined || !arrived.has(edge.target)) continue;
    const targetId = memoryNamed(tenant, edge.target);
    if (targetId !== undefined) edge.targetId = targetId;
  }
}
