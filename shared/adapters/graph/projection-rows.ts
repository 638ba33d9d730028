import type { EntityType, RelationshipType } from '../../contracts/memory/model.ts';
import type { MemoryProjection } from '../../replication/model.ts';

/** A relationship as declared by one version of its source. */
export interface EdgeRow {
  tenantId: string;
  sourceId: string;
  targetId: string;
  type: RelationshipType;
  weight: number;
  /** Version of the source that declares it. */
  version: number;
}

export interface MentionRow {
  tenantId: string;
  id: string;
  /** Version of the memory that mentions it. */
  version: number;
  key: string;
  type: EntityType;
  normalized: string;
  value: string;
  confidence: number;
}

/** Types of entity contain no colon, so the pair cannot be confused with another. */
export const entityKey = ({ type, normalized }: { type: EntityType; normalized: string }): string =>
  `${type}:${normalized}`;

/** For one process: tenants and ids are free text, so no separator would be safe. */
const keyOf = (...parts: string[]) => JSON.stringify(parts);

/**
 * One state per memory, the one of the highest version. Two versions of one id in a single `UNWIND` would both
 * pass the guard, and the last row would win. In order of key, so that transactions take their locks alike.
 */
export function latestStates(states: readonly MemoryProjection[]): MemoryProjection[] {
  const latest = new Map<string, MemoryProjection>();
  for (const state of states) {
    const key = keyOf(state.tenantId, state.id);
    if ((latest.get(key)?.version ?? 0) < state.version) latest.set(key, state);
  }
  return sortedValues(latest);
}

/** The mentions of the states, one per memory and entity, the most confident where there are several. */
export function mentionRows(states: readonly MemoryProjection[]): MentionRow[] {
  const rows = new Map<string, MentionRow>();
  for (const { tenantId, id, version, deleted, entities } of states) {
    for (const { type, value, normalized, confidence } of deleted ? [] : entities) {
      const key = entityKey({ type, normalized });
      const row = { tenantId, id, version, key, type, normalized, value, confidence };
      const place = keyOf(tenantId, key, id);
      if ((rows.get(place)?.confidence ?? -1) < confidence) rows.set(place, row);
    }
  }
  return sortedValues(rows);
}

/**
 * The edges of the states in both directions, one per source, target and type: that of the newest source and,
 * where a source names one target twice (by id and by external id), the heavier.
 *
 * Every state of a batch counts here, older ones too: an edge is judged by the version of its source alone.
 */
export function edgeRows(states: readonly MemoryProjection[]): EdgeRow[] {
  const rows = new Map<string, EdgeRow>();
  for (const { tenantId, version, deleted, outgoing, incoming } of states) {
    if (deleted) continue;
    const declared = [
      ...outgoing.map((edge) => ({ ...edge, sourceVersion: version })),
      ...incoming.map((edge) => ({ ...edge })),
    ];
    for (const { sourceId, targetId, type, weight, sourceVersion } of declared) {
      const row = { tenantId, sourceId, targetId, type, weight, version: sourceVersion };
      const place = keyOf(tenantId, sourceId, targetId, type);
      const known = rows.get(place);
      if (known === undefined || outranks(row, known)) rows.set(place, row);
    }
  }
  return sortedValues(rows);
}

const outranks = (a: EdgeRow, b: EdgeRow) =>
  a.version > b.version || (a.version === b.version && a.weight > b.weight);

const sortedValues = <T>(byKey: ReadonlyMap<string, T>): T[] =>
  [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
