import type { MemoryProjection, ProjectedEdge } from '../../replication/model.ts';
import type { SyncState } from '../../replication/ports.ts';
import { type InMemoryState, type TenantState, tenantOf } from './store/state.ts';

function projectedEdges(tenant: TenantState, sourceId: string): ProjectedEdge[] {
  return (tenant.edges.get(sourceId) ?? []).flatMap(({ targetId, type, weight }) =>
    targetId === undefined ? [] : [{ sourceId, targetId, type, weight }],
  );
}

function incomingEdges(tenant: TenantState, id: string): MemoryProjection['incoming'] {
  return [...tenant.edges.keys()].flatMap((sourceId) => {
    const source = tenant.ledger.get(sourceId);
    if (!source || source.deleted) return [];
    return projectedEdges(tenant, sourceId)
      .filter((edge) => edge.targetId === id)
      .map((edge) => ({ ...edge, sourceVersion: source.version }));
  });
}

/** The ledger of the dual write in this process's memory. */
export function inMemorySyncState(shared: InMemoryState): SyncState {
  return {
    async read(tenantId, ids) {
      const tenant = tenantOf(shared, tenantId);
      return [...new Set(ids)].flatMap((id): MemoryProjection[] => {
        const entry = tenant.ledger.get(id);
        if (!entry) return [];
        const { graphVersion: _, changedAt: __, ...projected } = entry;
        const state = tenant.memories.get(id)?.state;
        return [
          structuredClone({
            tenantId,
            id,
            ...projected,
            type: state?.type ?? '',
            agentId: state?.agentId ?? null,
            userId: state?.userId ?? null,
            conversationId: state?.conversationId ?? null,
            domain: state?.domain ?? null,
            importance: state?.importance ?? 0,
            occurredAt: state?.occurredAt ?? '',
            entities: entry.deleted ? [] : (state?.entities ?? []),
            outgoing: entry.deleted ? [] : projectedEdges(tenant, id),
            incoming: entry.deleted ? [] : incomingEdges(tenant, id),
          }),
        ];
      });
    },

    async markProjected(tenantId, projected) {
      const { ledger } = tenantOf(shared, tenantId);
      for (const { id, version } of projected) {
        const entry = ledger.get(id);
        if (entry) entry.graphVersion = Math.max(entry.graphVersion, version);
      }
    },

    async behind(olderThanSeconds, limit) {
      const before = shared.clock.now().getTime() - olderThanSeconds * 1_000;
      return [...shared.tenants]
        .flatMap(([tenantId, { ledger }]) =>
          [...ledger].map(([memoryId, entry]) => ({ tenantId, memoryId, entry })),
        )
        .filter(({ entry }) => entry.graphVersion < entry.version && entry.changedAt < before)
        .sort((a, b) => a.entry.changedAt - b.entry.changedAt)
        .slice(0, limit)
        .map(({ tenantId, memoryId, entry }) => ({ tenantId, memoryId, version: entry.version }));
    },

    async statistics(tenantId) {
      const live = [...tenantOf(shared, tenantId).ledger.values()].filter((entry) => !entry.deleted);
      return {
        memories: live.length,
        projected: live.filter((entry) => entry.graphVersion === entry.version).length,
      };
    },

    async overview() {
      const entries = [...shared.tenants.values()].flatMap(({ ledger }) => [...ledger.values()]);
      const behind = entries.filter((entry) => entry.graphVersion < entry.version);
      const oldest = Math.min(...behind.map(({ changedAt }) => changedAt));
      return {
        memories: entries.length,
        behind: behind.length,
        lagSeconds: behind.length === 0 ? 0 : (shared.clock.now().getTime() - oldest) / 1_000,
      };
    },

    ping: async () => true,
  };
}
