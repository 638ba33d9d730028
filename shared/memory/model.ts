import type { EntityType, MemoryType, RelationshipType, Tier } from '../contracts/memory/model.ts';
import type { JsonObject } from '../kernel/json.ts';

export interface Entity {
  type: EntityType;
  value: string;
  /** With the type, the entity's identity within a tenant: lower case, words joined by `_`. */
  normalized: string;
  /** 0 to 1. */
  confidence: number;
  /** Who found it: `caller`, or the name of the extractor. */
  source: string;
}

export interface Relationship {
  /** What the caller named: an id or an external id. */
  target: string;
  /** The id it resolved to; absent while that memory is not there. */
  targetId?: string;
  type: RelationshipType;
  /** 0 to 1. */
  weight: number;
}

/** What a caller says a memory is: everything about it but what the store adds. */
export interface MemoryState {
  id: string;
  externalId?: string;
  type: MemoryType;
  agentId?: string;
  serviceId?: string;
  userId?: string;
  conversationId?: string;
  sessionId?: string;
  role?: string;
  domain?: string;
  content: string | JsonObject;
  summary?: string;
  tags: string[];
  /** 0 to 1; the wire's 0 to 10 is converted at the edge. */
  importance: number;
  metadata: JsonObject;
  entities: Entity[];
  relationships: Relationship[];
  /** ISO 8601 in UTC, like every time here. */
  occurredAt: string;
  validFrom?: string;
  validTo?: string;
  expiresAt?: string;
  deletedAt?: string;
}

/** A memory as stored. */
export interface Memory extends MemoryState {
  tier: Tier;
  version: number;
  createdAt: string;
  updatedAt: string;
  accessCount: number;
  lastAccessedAt?: string;
  /** The caller's own vector, only when it was asked for. */
  embedding?: number[];
  /** Of a cold memory: since when, and whether `content` is only how it begins. */
  archived?: { at: string; excerpt: boolean };
}

export type ChangeKind = 'created' | 'updated' | 'related' | 'deleted';

export interface MemoryVersion {
  version: number;
  operation: ChangeKind;
  changedAt: string;
  changedBy: string;
  reason?: string;
  memory: Memory;
}

/** The author as recall knows it: whoever speaks in the memory. */
export const authorOf = (state: Pick<MemoryState, 'agentId' | 'userId' | 'role'>): string | undefined =>
  state.agentId ?? state.userId ?? state.role;
