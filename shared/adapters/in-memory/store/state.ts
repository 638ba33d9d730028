import type { EventDetail, EventType } from '../../../contracts/events.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Operation } from '../../../lifecycle/ports.ts';
import type { ChangeKind, MemoryState, Relationship } from '../../../memory/model.ts';
import type { EraseOutcome, RecordedAnswer, WriteOutcome } from '../../../memory/ports.ts';
import type { ArchivedText, StoredEntry, StoredPack } from './archived-state.ts';

export interface StoredMemory {
  state: MemoryState;
  version: number;
  createdAt: string;
  updatedAt: string;
  accessCount: number;
  lastAccessedAt?: string;
  /** By space, unit length; null while pending or without a known word. */
  vectors: Map<string, { own: number[] | null; pending: boolean }>;
  /** Of a cold memory, whose `state.content` is an excerpt. */
  archived?: ArchivedText;
}

export interface StoredVersion {
  version: number;
  operation: ChangeKind;
  changedAt: string;
  changedBy: string;
  reason?: string;
  state: MemoryState;
}

/** What the graph has of a memory; that of an erased one stays as its tombstone. */
export interface LedgerEntry {
  version: number;
  graphVersion: number;
  digestHigh: number;
  digestLow: number;
  deleted: boolean;
  changedAt: number;
}

export interface StoredKey {
  requestHash: string;
  createdAt: number;
  outcomes?: (WriteOutcome | EraseOutcome)[];
  answer?: RecordedAnswer;
  /** A memory of the outcomes was erased since, so that no answer may be kept. */
  purged: boolean;
}

/** The tables of one tenant; what belongs to another cannot be reached from here. */
export interface TenantState {
  memories: Map<string, StoredMemory>;
  versions: Map<string, StoredVersion[]>;
  ledger: Map<string, LedgerEntry>;
  /** By source. */
  edges: Map<string, Relationship[]>;
  /** Of the callers' vectors: fixed by the first one that was stored. */
  callerDimension?: number;
  keys: Map<string, StoredKey>;
  /** By memory, oldest first. */
  archived: Map<string, StoredEntry[]>;
  packs: Map<string, StoredPack>;
  operations: Map<string, Operation>;
}

export interface StoredEvent {
  tenantId: string;
  id: string;
  type: EventType;
  occurredAt: string;
  data: EventDetail<Exclude<EventType, 'memory.store.requested'>>;
  /** A drain has it in hand. */
  claimed: boolean;
}

/** What the in-memory memories, answers, ledger and outbox share, as their Postgres equals share a database. */
export interface InMemoryState {
  readonly clock: Clock;
  readonly tenants: Map<string, TenantState>;
  readonly outbox: StoredEvent[];
}

export const inMemoryState = (clock: Clock): InMemoryState => ({ clock, tenants: new Map(), outbox: [] });

export function tenantOf({ tenants }: InMemoryState, tenantId: string): TenantState {
  const known = tenants.get(tenantId);
  if (known) return known;
  const fresh: TenantState = {
    memories: new Map(),
    versions: new Map(),
    ledger: new Map(),
    edges: new Map(),
    keys: new Map(),
    archived: new Map(),
    packs: new Map(),
    operations: new Map(),
  };
  tenants.set(tenantId, fresh);
  return fresh;
}

export const nowIso = ({ clock }: InMemoryState): string => clock.now().toISOString();

export const isExpired = ({ state }: StoredMemory, now: string): boolean =>
  state.expiresAt !== undefined && state.expiresAt <= now;
