import type { EventEnvelope } from '../contracts/events.ts';
import type { GraphChange } from '../contracts/messages.ts';
import type { MemoryProjection, PendingProjection } from './model.ts';

/** Which version of each memory the graph has: the ledger of the dual write, in Postgres. */
export interface SyncState {
  /** The current state of these memories; unknown ids are left out, deleted ones come as tombstones. */
  read(tenantId: string, ids: string[]): Promise<MemoryProjection[]>;
  /** Raises the graph's version of each, never lowers it. */
  markProjected(tenantId: string, projected: { id: string; version: number }[]): Promise<void>;
  /** Memories of any tenant whose projection has been behind for longer than this, oldest first. */
  behind(olderThanSeconds: number, limit: number): Promise<PendingProjection[]>;
  /** Memories of a tenant, and how many of them the graph is known to have in their current version. */
  statistics(tenantId: string): Promise<{ memories: number; projected: number }>;
  /**
   * All tenants together: about how many memories, tombstones counted, how many of them the graph has not got in
   * their current version, and for how many seconds the oldest of those has waited.
   */
  overview(): Promise<{ memories: number; behind: number; lagSeconds: number }>;
  /** Whether Postgres answers. Never throws. */
  ping(): Promise<boolean>;
}

/** The projection itself. @throws AppError `graph_unavailable` (retryable). */
export interface GraphProjection {
  /** Applies states in one transaction, each guarded by its version; an older one than the graph has is a no-op. */
  apply(states: MemoryProjection[]): Promise<void>;
  /** Memories of a tenant in the graph, tombstones not counted. */
  count(tenantId: string): Promise<number>;
  /** Whether the graph answers and its uniqueness constraints exist. Never throws. */
  ping(): Promise<boolean>;
}

/** The queue `graph-changes`. @throws AppError `store_unavailable` (retryable). */
export interface GraphChangeQueue {
  send(changes: GraphChange[]): Promise<void>;
}

/** Events stored with the write that caused them. Rows are claimed, so that several relays share the work. */
export interface Outbox {
  /**
   * Hands up to `limit` events to `publish` and deletes those whose ids it returns, in one transaction.
   * Answers how many were claimed and how many published.
   */
  drain(
    limit: number,
    publish: (events: EventEnvelope[]) => Promise<string[]>,
  ): Promise<{ claimed: number; published: number }>;
}

/** The bus. */
export interface EventPublisher {
  /** Answers the ids of the events that the bus accepted; the others are published again later. */
  publish(events: EventEnvelope[]): Promise<string[]>;
}
