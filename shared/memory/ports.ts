import type { ArchivedVersion } from '../contracts/lifecycle/archived-entry.ts';
import type { WireOperation } from '../contracts/lifecycle/operation.ts';
import type { Filter, Sort } from '../contracts/memory/filter.ts';
import type { MemoryType, Tier } from '../contracts/memory/model.ts';
import type { JsonValue } from '../kernel/json.ts';
import type { ChangeKind, Entity, Memory, MemoryState, MemoryVersion, Relationship } from './model.ts';

/** One memory to write, with all that is derived from its text. */
export interface MemoryWrite {
  state: MemoryState;
  kind: Exclude<ChangeKind, 'created'> | 'stored';
  reason?: string;
  /** The write fails with `version_conflict` when the memory is at another version; 0: it must not exist. */
  expectedVersion?: number;
  /** What full-text search indexes: date, author, text, summary. */
  lexicalText: string;
  /** Words of the bare text, the length prior of recall. */
  words: number;
  author?: string;
  /** Hex SHA-256 of the state without its edges, and of the edges: the digest of the projection. */
  contentHash: string;
  edgesHash: string;
  /**
   * The service's embedding of the bare text; `values` is null when the text has no known word, or while it is
   * `pending` because the embedder was away. Left as it is when absent.
   */
  embedding?: { space: string; values: number[] | null; pending: boolean };
  /** The caller's own vector; left as it is when absent. */
  callerEmbedding?: number[];
}

export interface IdempotencyKey {
  key: string;
  /** Hex SHA-256 of the operation, its parameters and its body. */
  requestHash: string;
}

export interface WriteRequest {
  tenantId: string;
  /** Who changes it: kept with every version. */
  actor: string;
  idempotency?: IdempotencyKey;
  writes: MemoryWrite[];
}

export interface WriteFailure {
  ok: false;
  code:
    | 'version_conflict'
    | 'external_id_conflict'
    | 'dimension_mismatch'
    | 'gone'
    | 'not_found'
    | 'quota_exceeded';
  detail: string;
  details: Record<string, JsonValue>;
}

export type WriteOutcome =
  | {
      ok: true;
      id: string;
      version: number;
      created: boolean;
      /** Its edges as they stand; one whose reference names no memory yet has no `targetId`. */
      relationships: Relationship[];
      writtenAt: string;
    }
  | WriteFailure;

export interface WriteResult {
  /** In the order of the writes. */
  outcomes: WriteOutcome[];
  /** The key was claimed by an earlier call: these are the outcomes of that one, and nothing was written. */
  replayed: boolean;
}

/** Which memories a read looks at; deleted and expired ones never. */
export interface MemoryScope {
  filter?: Filter;
  conversationId?: string;
  agentId?: string;
  userId?: string;
  domain?: string;
  memoryTypes?: MemoryType[];
  tiers?: Tier[];
}

/** A position in an order: the values of the sort fields and the id of the last row. */
export type PagePosition = JsonValue[];

export interface MemoryQuery {
  scope: MemoryScope;
  sort: Sort;
  limit: number;
  after?: PagePosition;
  includeDeleted: boolean;
}

export interface AggregationQuery {
  groupBy?: 'type' | 'tier' | 'domain' | 'agentId' | 'serviceId' | 'tag' | 'day' | 'month';
  domain?: string;
  agentId?: string;
  memoryType?: MemoryType;
  since?: string;
  until?: string;
}

export interface AggregationGroup {
  key: string;
  count: number;
  /** 0 to 1. */
  averageImportance: number;
  totalAccesses: number;
}

export interface Aggregation {
  total: Omit<AggregationGroup, 'key'>;
  byType: Record<string, number>;
  byTier: Record<string, number>;
  byDomain: Record<string, number>;
  byAgent: Record<string, number>;
  byTag: Record<string, number>;
  byDay: Record<string, number>;
  groups?: AggregationGroup[];
}

/**
 * Memories in the store that decides. Every method is confined to one tenant by the database itself.
 * Errors: `store_unavailable` (retryable) when it cannot be reached.
 */
export interface MemoryStore {
  /**
   * Applies every write in one transaction and one round trip; each item succeeds or fails by itself, those that
   * would keep more than the tenant's quota with `quota_exceeded`.
   * @throws AppError `idempotency_key_reused` when the key came with another request before.
   */
  write(request: WriteRequest): Promise<WriteResult>;
  /**
   * In the order of the ids; missing and expired ones are left out, deleted ones come with `deletedAt`. Each
   * memory answered counts one access unless `uncounted`.
   */
  get(
    tenantId: string,
    ids: string[],
    options?: { embedding?: boolean; uncounted?: boolean },
  ): Promise<Memory[]>;
  /** Resolves ids and external ids to ids; those that name nothing are absent. */
  resolve(tenantId: string, references: string[]): Promise<Map<string, string>>;
  query(tenantId: string, query: MemoryQuery): Promise<{ memories: Memory[]; next?: PagePosition }>;
  aggregate(tenantId: string, query: AggregationQuery): Promise<Aggregation>;
  /** Newest first, from `before` (exclusive) on. */
  versions(tenantId: string, id: string, page: { limit: number; before?: number }): Promise<MemoryVersion[]>;
  /** The memory as it was at a version. */
  atVersion(tenantId: string, id: string, version: number): Promise<Memory | undefined>;
  /**
   * Removes memories with their versions, vectors, edges, recorded answers and keys of the archive, in one
   * transaction. What stays of each is a tombstone without content, so that a late message cannot bring it back.
   * @throws AppError `idempotency_key_reused`, as `write` does.
   */
  erase(request: EraseRequest): Promise<EraseResult>;
  /** Memories of any tenant that wait for a vector of this space. */
  unembedded(space: string, limit: number): Promise<{ tenantId: string; id: string }[]>;
  /** Fills in vectors that were pending, unless the memory has moved on from the version. */
  fillEmbeddings(
    tenantId: string,
    space: string,
    items: { id: string; version: number; embedding: number[] | null }[],
  ): Promise<void>;
}

export interface EraseRequest {
  tenantId: string;
  idempotency?: IdempotencyKey;
  items: { id: string; expectedVersion?: number }[];
}

/**
 * Per item: the tombstone's version, the rows removed, and the entries of the archive whose keys were destroyed; or why
 * nothing was.
 */
export type EraseOutcome =
  | { ok: true; id: string; version: number; removed: number; archived: number }
  | WriteFailure;

export interface EraseResult {
  outcomes: EraseOutcome[];
  replayed: boolean;
}

/** An archived object that has to be brought back before it can be read, and the operation that tells how far it is. */
export interface Thawing {
  operation: WireOperation;
}

/**
 * What the archive holds of memories.
 * Errors: `archive_unavailable` (retryable), `archive_corrupted`.
 */
export interface ColdMemories {
  /** The current state of a cold memory; undefined when it is not cold any more. */
  current(
    tenantId: string,
    id: string,
  ): Promise<{ version: ArchivedVersion; embedding?: number[] } | Thawing | undefined>;
  /** Its archived versions, oldest first; a warm memory has those of its time before. */
  versions(tenantId: string, id: string): Promise<ArchivedVersion[] | Thawing>;
  /** Makes it warm, unless it has to be brought back first. Nothing to do for a warm one. */
  restore(tenantId: string, id: string): Promise<Thawing | undefined>;
}

/** Answers given under an idempotency key. */
export interface AnswerStore {
  /**
   * The answer recorded under the key.
   * @throws AppError `idempotency_key_reused` when the key came with another request.
   */
  find(tenantId: string, key: IdempotencyKey): Promise<RecordedAnswer | undefined>;
  /** Records the answer unless there is one, and returns the one that stands: the first wins. */
  record(tenantId: string, key: IdempotencyKey, answer: RecordedAnswer): Promise<RecordedAnswer>;
  /** Forgets the key, because what was done under it has been undone. */
  release(tenantId: string, key: IdempotencyKey): Promise<void>;
}
export interface RecordedAnswer {
  status: number;
  body: JsonValue;
  headers?: Readonly<Record<string, string>>;
}

/** Single reads without Postgres. Every failure is a miss or a no-op: the cache may be down. */
export interface MemoryCache {
  /** A memory, `deleted` for a tombstone, or undefined for a miss. */
  get(tenantId: string, id: string): Promise<Memory | 'deleted' | undefined>;
  /** Puts them unless the cache holds a newer version of one. */
  put(tenantId: string, memories: Memory[]): Promise<void>;
  /** Leaves tombstones with the version, so that a late fill with an older one is refused. */
  remove(tenantId: string, gone: { id: string; version: number }[]): Promise<boolean>;
}

/**
 * Brings the graph up to the current state of some memories, within a small budget of time.
 * Answers the ids that the graph now has; the others were handed to the queue. Never throws.
 */
export interface GraphProjector {
  project(tenantId: string, changed: { id: string; version: number }[]): Promise<Set<string>>;
}

/** Text to vectors of one space. @throws AppError `embedding_unavailable` (retryable). */
export interface Embedder {
  /** Name of the space: technology, model and dimension. */
  readonly space: string;
  readonly dimension: number;
  /** One per text; null for a text without any known word. */
  embed(texts: string[]): Promise<(number[] | null)[]>;
}

/** Text to entities. @throws AppError `extraction_unavailable` (retryable). */
export interface EntityExtractor {
  readonly name: string;
  /** One list per text. */
  extract(texts: string[]): Promise<Entity[][]>;
}

/** Positions of pages as opaque text that cannot be forged, nor used by another tenant or for another list. */
export interface PageCursors {
  seal(tenantId: string, list: string, position: PagePosition): Promise<string>;
  /** @throws AppError `invalid_cursor`. */
  open(tenantId: string, list: string, cursor: string): Promise<PagePosition>;
}
