import type { Memory, MemoryVersion } from '../../../memory/model.ts';
import { callerSpace } from '../../../memory/recall/ports.ts';
import type { StoredMemory, StoredVersion, TenantState } from './state.ts';

/** A memory as the store answers it, sharing nothing with what is stored. */
export function memoryOf(
  tenant: TenantState,
  stored: StoredMemory,
  options: { embedding?: boolean } = {},
): Memory {
  const { state, version, createdAt, updatedAt, accessCount, lastAccessedAt, vectors, archived } = stored;
  // that of a cold memory is in the archive: what is left serves searches
  const own = options.embedding && !archived ? vectors.get(callerSpace)?.own : undefined;
  return structuredClone({
    ...state,
    relationships: tenant.edges.get(state.id) ?? [],
    tier: archived ? 'cold' : 'warm',
    version,
    createdAt,
    updatedAt,
    accessCount,
    ...(lastAccessedAt !== undefined && { lastAccessedAt }),
    ...(own && { embedding: own }),
    ...(archived && { archived: { at: archived.at, excerpt: archived.excerpt } }),
  });
}

/** A version as it was written. Access counters belong to the present and are 0 here. */
export function versionOf({ state, ...version }: StoredVersion, createdAt: string): MemoryVersion {
  return structuredClone({
    ...version,
    memory: {
      ...state,
      tier: 'warm',
      version: version.version,
      createdAt,
      updatedAt: version.changedAt,
      accessCount: 0,
    },
  });
}
