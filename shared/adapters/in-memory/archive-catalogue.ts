import { fromHalves, toHalves } from '../../kernel/halves.ts';
import { presentFields } from '../../kernel/present-fields.ts';
import type { ArchiveCatalogue } from '../../lifecycle/ports.ts';
import type { MemoryState } from '../../memory/model.ts';
import { callerSpace } from '../../memory/recall/ports.ts';
import { bareText, lexicalText, wordCount } from '../../memory/write/texts.ts';
import { leaveEvent } from './store/apply-write.ts';
import { dueMemories, inPackUnderWay } from './store/due-memories.ts';
import { sparsePacks } from './store/sparse-packs.ts';
import {
  type InMemoryState,
  nowIso,
  type StoredMemory,
  type StoredVersion,
  tenantOf,
} from './store/state.ts';

/** No function runs for so long, so a pack of that age was left behind. */
const leftBehindMs = 3_600_000;

/** The catalogue beside the in-memory memories. No method awaits within its work. */
export function inMemoryArchiveCatalogue(shared: InMemoryState): ArchiveCatalogue {
  const now = () => shared.clock.now().getTime();

  const leaveFact = (
    tenantId: string,
    type: 'memory.archived' | 'memory.restored',
    { state, version }: StoredMemory,
  ) =>
    leaveEvent(shared, tenantId, {
      type,
      data: presentFields({
        memoryId: state.id,
        version,
        memoryType: state.type,
        agentId: state.agentId,
        conversationId: state.conversationId,
      }),
    });

  const isUnused = (tenantId: string, packId: string): boolean => {
    const { packs, archived } = tenantOf(shared, tenantId);
    const pack = packs.get(packId);
    if (pack?.state !== 'stored')
      return pack?.state === 'discarded' || now() - (pack?.createdAt ?? now()) > leftBehindMs;
    return ![...archived.values()].flat().some((entry) => entry.packId === packId);
  };

  return {
    async tenantsDue(policy) {
      return [...shared.tenants]
        .map(([tenantId, tenant]) => ({ tenantId, first: dueMemories(shared, tenant, policy, 10_000)[0] }))
        .filter(({ first }) => first !== undefined)
        .sort((a, b) => (a.first?.updatedAt ?? '').localeCompare(b.first?.updatedAt ?? ''))
        .map(({ tenantId }) => tenantId);
    },

    async due(tenantId, policy, limit) {
      return dueMemories(shared, tenantOf(shared, tenantId), policy, limit).map(({ state }) => state.id);
    },

    async begin(tenantId, packId, memoryIds, maxBytes) {
      const tenant = tenantOf(shared, tenantId);
      let bytes = 0;
      const sources = memoryIds.flatMap((memoryId) => {
        const stored = tenant.memories.get(memoryId);
        if (!stored || stored.archived || stored.state.deletedAt || inPackUnderWay(tenant, memoryId))
          return [];
        const versions = structuredClone(tenant.versions.get(memoryId) ?? []);
        const before = bytes;
        bytes += Buffer.byteLength(JSON.stringify(versions));
        if (before > 0 && bytes > maxBytes) return [];
        const own = stored.vectors.get(callerSpace)?.own;
        const source = { memoryId, version: stored.version, versions: versions.map(asArchived) };
        return [{ ...source, ...(own && { vector: toHalves(own) }) }];
      });
      const members = new Set(sources.map(({ memoryId }) => memoryId));
      if (members.size > 0)
        tenant.packs.set(packId, { state: 'writing', createdAt: now(), members, entries: 0 });
      return sources;
    },

    async complete(tenantId, packId, entries) {
      const tenant = tenantOf(shared, tenantId);
      const pack = tenant.packs.get(packId);
      if (pack?.state !== 'writing') return [];
      const at = nowIso(shared);
      const moved = entries.filter(({ memoryId, version }) => {
        const stored = tenant.memories.get(memoryId);
        if (!stored || stored.version !== version || stored.archived || stored.state.deletedAt) return false;
        return !(stored.lastAccessedAt && Date.parse(stored.lastAccessedAt) >= pack.createdAt);
      });
      for (const { excerpt, ...entry } of moved) {
        const stored = tenant.memories.get(entry.memoryId) as StoredMemory;
        const { content } = stored.state;
        stored.archived = {
          at,
          excerpt: excerpt.partial,
          lexicalText: lexicalText(stored.state),
          words: wordCount(bareText(content)),
        };
        stored.state.content = excerpt.content as MemoryState['content'];
        tenant.versions.delete(entry.memoryId);
        const known = tenant.archived.get(entry.memoryId) ?? [];
        tenant.archived.set(entry.memoryId, [...known, { ...entry, packId, archivedAt: at, damaged: false }]);
        leaveFact(tenantId, 'memory.archived', stored);
      }
      tenant.packs.set(packId, { ...pack, state: 'stored', members: new Set(), entries: entries.length });
      return moved.map(({ memoryId }) => memoryId);
    },

    async abandon(tenantId, packId) {
      const pack = tenantOf(shared, tenantId).packs.get(packId);
      if (pack?.state === 'writing') pack.state = 'discarded';
    },

    async unused(limit) {
      return [...shared.tenants]
        .flatMap(([tenantId, { packs }]) => [...packs.keys()].map((packId) => ({ tenantId, packId })))
        .filter(({ tenantId, packId }) => isUnused(tenantId, packId))
        .slice(0, limit);
    },

    async sparse(policy, maxBytes, limit) {
      return [...shared.tenants]
        .flatMap(([tenantId, tenant]) =>
          sparsePacks(shared, tenant, policy, maxBytes).map((packIds) => ({ tenantId, packIds })),
        )
        .slice(0, limit);
    },

    async beginMove(tenantId, packId, fromPackIds) {
      const { packs, archived } = tenantOf(shared, tenantId);
      const entries = [...archived.values()].flat().filter((entry) => fromPackIds.includes(entry.packId));
      if (entries.length > 0)
        packs.set(packId, { state: 'writing', createdAt: now(), members: new Set(), entries: 0 });
      return entries
        .map(({ damaged: _, ...entry }) => entry)
        .sort((a, b) => a.packId.localeCompare(b.packId) || a.offset - b.offset);
    },

    async completeMove(tenantId, packId, entries) {
      const { packs, archived } = tenantOf(shared, tenantId);
      const pack = packs.get(packId);
      if (pack?.state !== 'writing') return 0;
      let moved = 0;
      for (const { memoryId, version, packId: from, offset } of entries) {
        const entry = archived.get(memoryId)?.find((known) => known.version === version);
        if (entry?.packId !== from) continue;
        Object.assign(entry, { packId, offset });
        moved += 1;
      }
      packs.set(packId, { ...pack, state: 'stored', entries: entries.length });
      return moved;
    },

    async discard(tenantId, packId) {
      const pack = tenantOf(shared, tenantId).packs.get(packId);
      if (!pack || !isUnused(tenantId, packId)) return false;
      pack.state = 'discarded';
      return true;
    },

    async forget(tenantId, packId) {
      const { packs } = tenantOf(shared, tenantId);
      if (packs.get(packId)?.state === 'discarded') packs.delete(packId);
    },

    async entries(tenantId, memoryId) {
      const entries = tenantOf(shared, tenantId).archived.get(memoryId) ?? [];
      return entries.map(({ damaged: _, ...entry }) => ({ ...entry }));
    },

    async restore(tenantId, { memoryId, version, entries, versions, vector }) {
      const tenant = tenantOf(shared, tenantId);
      const stored = tenant.memories.get(memoryId);
      if (!stored || stored.state.deletedAt !== undefined) return 'gone';
      if (!stored.archived) return 'warm';
      if (stored.version !== version || tenant.archived.get(memoryId)?.length !== entries) return 'moved';
      const { state } = versions.at(-1) as { state: unknown };
      stored.state.content = structuredClone((state as MemoryState).content);
      if (vector) stored.vectors.set(callerSpace, { own: fromHalves(vector), pending: false });
      delete stored.archived;
      stored.accessCount += 1;
      stored.lastAccessedAt = nowIso(shared);
      const later = tenant.versions.get(memoryId) ?? [];
      tenant.versions.set(memoryId, [...(structuredClone(versions) as unknown as StoredVersion[]), ...later]);
      tenant.archived.delete(memoryId);
      leaveFact(tenantId, 'memory.restored', stored);
      return 'warm';
    },

    async markDamaged(tenantId, { memoryId, version, packId }) {
      for (const entry of tenantOf(shared, tenantId).archived.get(memoryId) ?? []) {
        if (entry.version === version && entry.packId === packId) entry.damaged = true;
      }
    },

    async overview() {
      const tenants = [...shared.tenants.values()];
      const memories = tenants.flatMap((tenant) => [...tenant.memories.values()]);
      const coldMemories = memories.filter(({ archived }) => archived).length;
      const entries = tenants.flatMap(({ archived }) => [...archived.values()].flat());
      return {
        warmMemories: memories.length - coldMemories,
        coldMemories,
        packs: tenants.reduce((sum, { packs }) => sum + packs.size, 0),
        damagedEntries: entries.filter(({ damaged }) => damaged).length,
      };
    },
  };
}

const asArchived = ({ state, ...version }: StoredVersion) => ({
  ...version,
  state: state as unknown as { [key: string]: never },
});
