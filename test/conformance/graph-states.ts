import type { EntityType, RelationshipType } from '../../shared/contracts/memory/model.ts';
import type { MemoryProjection } from '../../shared/replication/model.ts';

type Target = [targetId: string, type?: RelationshipType, weight?: number];
type Source = [sourceId: string, sourceVersion: number, type?: RelationshipType, weight?: number];
type Mentioned = [normalized: string, confidence?: number, type?: EntityType];

/** A state of a memory, short to write. */
export function state(
  tenantId: string,
  id: string,
  version: number,
  rest: Partial<Omit<MemoryProjection, 'outgoing' | 'incoming' | 'entities'>> & {
    outgoing?: Target[];
    incoming?: Source[];
    entities?: Mentioned[];
  } = {},
): MemoryProjection {
  const { outgoing = [], incoming = [], entities = [], ...described } = rest;
  return {
    tenantId,
    id,
    version,
    digestHigh: 4_294_967_295,
    digestLow: version,
    deleted: false,
    type: 'semantic',
    agentId: 'agent-1',
    userId: null,
    conversationId: null,
    domain: 'test',
    importance: 0.25,
    occurredAt: '2026-01-02T03:04:05.678Z',
    ...described,
    outgoing: outgoing.map(([targetId, type = 'SUPPORTS', weight = 0.5]) => ({
      sourceId: id,
      targetId,
      type,
      weight,
    })),
    incoming: incoming.map(([sourceId, sourceVersion, type = 'SUPPORTS', weight = 0.5]) => ({
      sourceId,
      targetId: id,
      type,
      weight,
      sourceVersion,
    })),
    entities: entities.map(([normalized, confidence = 0.5, type = 'person']) => ({
      type,
      value: normalized.toUpperCase(),
      normalized,
      confidence,
    })),
  };
}

export const tombstone = (tenantId: string, id: string, version: number): MemoryProjection =>
  state(tenantId, id, version, {
    deleted: true,
    type: '',
    agentId: null,
    domain: null,
    importance: 0,
    occurredAt: '',
  });
