import type { EntityType, RelationshipType } from '../contracts/memory/model.ts';

/** An edge of the projection; both ends exist in Postgres. */
export interface ProjectedEdge {
  sourceId: string;
  targetId: string;
  type: RelationshipType;
  weight: number;
}

/**
 * All that the graph keeps of one memory, read from Postgres at one moment. Content and vectors stay there.
 * A deleted memory is a tombstone: id, version and digest alone, no entities and no edges.
 */
export interface MemoryProjection {
  tenantId: string;
  id: string;
  version: number;
  /** The first eight bytes of the digest as two unsigned 32-bit integers, so that sums cannot overflow. */
  digestHigh: number;
  digestLow: number;
  deleted: boolean;
  type: string;
  agentId: string | null;
  userId: string | null;
  conversationId: string | null;
  domain: string | null;
  importance: number;
  occurredAt: string;
  entities: { type: EntityType; value: string; normalized: string; confidence: number }[];
  outgoing: ProjectedEdge[];
  /** Edges of other memories that end here, each with the version of its source that declares it. */
  incoming: (ProjectedEdge & { sourceVersion: number })[];
}

export interface PendingProjection {
  tenantId: string;
  memoryId: string;
  version: number;
}
