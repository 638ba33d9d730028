import type { Memory, MemoryState } from '../model.ts';

/** The state of a memory without what the store adds to it. */
export function stateOf(memory: Memory): MemoryState {
  const {
    tier: _tier,
    version: _version,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    accessCount: _accessCount,
    lastAccessedAt: _lastAccessedAt,
    embedding: _embedding,
    archived: _archived,
    ...state
  } = memory;
  // which memory an edge leads to is found out at every write; it is no part of what the caller said
  return { ...state, relationships: state.relationships.map(({ targetId: _, ...edge }) => edge) };
}
