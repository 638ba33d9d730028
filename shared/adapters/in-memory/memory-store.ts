import type { Memory } from '../../memory/model.ts';
import type { EraseOutcome, MemoryStore, WriteOutcome } from '../../memory/ports.ts';
import { aggregationOf } from './store/aggregate.ts';
import { applyWrite, unit } from './store/apply-write.ts';
import { checkWrites, refuseUnstorable } from './store/check-writes.ts';
import { eraseMemory, eraseOutcome } from './store/erase-memory.ts';
import { claimKey, purgeAnswers, settleKey } from './store/idempotency.ts';
import { scopePredicate } from './store/match-scope.ts';
import { memoryOf, versionOf } from './store/memory-of.ts';
import { pageOf } from './store/query-page.ts';
import { withinQuota } from './store/quota.ts';
import { memoryNamed, setEdges } from './store/references.ts';
import { type InMemoryState, isExpired, nowIso, type TenantState, tenantOf } from './store/state.ts';

/**
 * Memories in this process's memory. No method awaits within its work, so each is a transaction of its own.
 * @param quota how many memories a tenant keeps; as many as there are by default
 */
export function inMemoryMemoryStore(shared: InMemoryState, quota = Number.POSITIVE_INFINITY): MemoryStore {
  const now = () => shared.clock.now().getTime();
  const createdAt = (tenantId: string, id: string) => tenantOf(shared, tenantId).memories.get(id)?.createdAt;

  function unexpired(tenant: TenantState): Memory[] {
    const at = nowIso(shared);
    return [...tenant.memories.values()]
      .filter((stored) => !isExpired(stored, at))
      .map((stored) => memoryOf(tenant, stored));
  }

  return {
    async write({ tenantId, actor, idempotency, writes }) {
      refuseUnstorable([actor, writes]);
      const tenant = tenantOf(shared, tenantId);
      const earlier = claimKey<WriteOutcome>(tenant, idempotency, now());
      if (earlier) return { outcomes: earlier, replayed: true };

      const checked = withinQuota(tenant, checkWrites(tenant, writes), quota);
      const accepted = checked.filter((item) => item.failure === undefined);
      for (const item of accepted) applyWrite(shared, tenantId, tenant, actor, item);
      setEdges(
        tenant,
        accepted.map(({ write, id }) => ({ ...write.state, id })),
      );
      const writtenAt = nowIso(shared);
      const outcomes = checked.map(({ id, version, created, failure }): WriteOutcome => {
        if (failure) return failure;
        const relationships = structuredClone(tenant.edges.get(id) ?? []);
        return { ok: true, id, version, created, relationships, writtenAt };
      });
      settleKey(tenant, idempotency, outcomes);
      return { outcomes, replayed: false };
    },

    async get(tenantId, ids, options = {}) {
      const tenant = tenantOf(shared, tenantId);
      const at = nowIso(shared);
      return [...new Set(ids)].flatMap((id) => {
        const stored = tenant.memories.get(id);
        if (!stored || isExpired(stored, at)) return [];
        const memory = memoryOf(tenant, stored, options);
        if (!options.uncounted && stored.state.deletedAt === undefined) {
          stored.accessCount += 1;
          stored.lastAccessedAt = at;
        }
        return [memory];
      });
    },

    async resolve(tenantId, references) {
      const tenant = tenantOf(shared, tenantId);
      return new Map(
        references.flatMap((reference) => {
          const id = memoryNamed(tenant, reference);
          return id === undefined ? [] : [[reference, id] as const];
        }),
      );
    },

    async query(tenantId, { scope, includeDeleted, ...page }) {
      const matches = scopePredicate(scope);
      const found = unexpired(tenantOf(shared, tenantId)).filter(
        (memory) => (includeDeleted || memory.deletedAt === undefined) && matches(memory),
      );
      return pageOf(found, page);
    },

    async aggregate(tenantId, query) {
      const live = unexpired(tenantOf(shared, tenantId)).filter((memory) => memory.deletedAt === undefined);
      return aggregationOf(live, query);
    },

    async versions(tenantId, id, { limit, before = Number.POSITIVE_INFINITY }) {
      const versions = tenantOf(shared, tenantId).versions.get(id) ?? [];
      return versions
        .filter(({ version }) => version < before)
        .slice(-limit)
        .reverse()
        .map((version) => versionOf(version, createdAt(tenantId, id) ?? version.changedAt));
    },

    async atVersion(tenantId, id, version) {
      const versions = tenantOf(shared, tenantId).versions.get(id) ?? [];
      const found = versions.find((entry) => entry.version === version);
      return found && versionOf(found, createdAt(tenantId, id) ?? found.changedAt).memory;
    },

    async erase({ tenantId, idempotency, items }) {
      const tenant = tenantOf(shared, tenantId);
      const earlier = claimKey<EraseOutcome>(tenant, idempotency, now());
      if (earlier) return { outcomes: earlier, replayed: true };

      const outcomes = items.map((item) => eraseOutcome(tenant, item));
      const erased = new Set(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.id] : [])));
      purgeAnswers(tenant, erased);
      for (const id of erased) eraseMemory(shared, tenantId, tenant, id);
      settleKey(tenant, idempotency, outcomes);
      return { outcomes, replayed: false };
    },

    async unembedded(space, limit) {
      return [...shared.tenants]
        .flatMap(([tenantId, { memories }]) =>
          [...memories.values()]
            .filter(({ vectors }) => vectors.get(space)?.pending)
            .map(({ state }) => ({ tenantId, id: state.id })),
        )
        .slice(0, limit);
    },

    async fillEmbeddings(tenantId, space, items) {
      const { memories } = tenantOf(shared, tenantId);
      for (const { id, version, embedding } of items) {
        const stored = memories.get(id);
        if (stored?.version !== version || !stored.vectors.get(space)?.pending) continue;
        stored.vectors.set(space, { own: embedding && unit(embedding), pending: false });
      }
      const at = nowIso(shared);
      for (const stored of memories.values()) {
        const waiting = stored.vectors.get(space);
        // read by nobody: left waiting, it would stand before those that are
        if (waiting?.pending && isExpired(stored, at)) waiting.pending = false;
      }
    },
  };
}
