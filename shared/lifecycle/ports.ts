import type { ArchivedVersion } from '../contracts/lifecycle/archived-entry.ts';
import type { WireOperation } from '../contracts/lifecycle/operation.ts';

/**
 * Objects of the archive as readers see them. Errors: `archive_unavailable` (retryable) when it cannot be reached.
 */
export interface MemoryArchive {
  /** Bytes of an object; `frozen` while it has to be brought back first, `missing` when there is none. */
  read(key: string, range: { offset: number; length: number }): Promise<Uint8Array | 'frozen' | 'missing'>;
  state(key: string): Promise<'readable' | 'frozen' | 'thawing' | 'missing'>;
  /** Has a frozen object brought back for some days; one that is on its way already stays so. */
  thaw(key: string): Promise<void>;
}

/** Objects of the archive as their writer sees them. Errors as of `MemoryArchive`. */
export interface ArchivePacks {
  /** Never replaces an object: `exists` when there is one under the key. */
  put(key: string, bytes: Uint8Array): Promise<'stored' | 'exists'>;
  /** The whole object, to verify it right after it was written, or to take over what is in it. */
  get(key: string): Promise<Uint8Array | 'frozen' | 'missing'>;
  /** Deletes an object; no error where there is none. */
  delete(key: string): Promise<void>;
}

/** When a memory is old enough. */
export interface ArchivePolicy {
  /** Days without a change and without a read. */
  afterDays: number;
  /** 0 to 1: from this importance on a memory stays warm. */
  keepImportance: number;
  /** Due memories that are worth an object, at most as many as go into one; fewer of a tenant wait for more. */
  minPackMemories: number;
  /** Days after one of them became due: then they go, however few they are. */
  waitDays: number;
  /** 0 to 1: when less of a pack's entries is alive, that moves into a new one, with enough from others. 0 is never. */
  compactBelow: number;
  /** Of packs, at which rewriting them is worth its price; they begin with `fromDays` and end before `toDays`. */
  compactAges: { fromDays: number; toDays: number }[];
}

/** A warm memory as it is going to be archived. */
export interface PackSource {
  memoryId: string;
  version: number;
  /** Oldest first. */
  versions: ArchivedVersion[];
  /** The caller's own vector as big-endian halves. */
  vector?: Uint8Array;
}

/** Where an entry lies in an object, and its key. */
export interface PackedEntry {
  memoryId: string;
  version: number;
  offset: number;
  length: number;
  /** 32 bytes. Without them the entry cannot be read by anybody. */
  dataKey: Uint8Array;
}

/** What stays of an archived memory's content. */
export interface Excerpt {
  content: unknown;
  /** Whether that is less than the whole. */
  partial: boolean;
}

export interface CatalogueEntry extends PackedEntry {
  packId: string;
  archivedAt: string;
}

/** An entry with the pack that it moves from, and its offset in the one that it moves to. */
export type MovedEntry = Pick<CatalogueEntry, 'memoryId' | 'version' | 'packId' | 'offset' | 'length'>;

export interface RestoredMemory {
  memoryId: string;
  /** Its version, and how many entries of the catalogue these versions come from: all there are. */
  version: number;
  entries: number;
  versions: ArchivedVersion[];
  vector?: Uint8Array;
}

/** How much is where, over all tenants. */
export interface ArchiveOverview {
  warmMemories: number;
  coldMemories: number;
  packs: number;
  /** Entries that could not be read when somebody wanted to. */
  damagedEntries: number;
}

/**
 * The catalogue of the archive in the store that decides: it alone says in which tier a memory is.
 * Errors: `store_unavailable` (retryable).
 */
export interface ArchiveCatalogue {
  /**
   * Tenants of which `due` may answer something, those with the memory unchanged for longest first. Cheap, because it
   * does not ask what was read.
   */
  tenantsDue(policy: ArchivePolicy): Promise<string[]>;
  /** A tenant's warm memories that are due, those unchanged for longest first; none while they wait for more. */
  due(tenantId: string, policy: ArchivePolicy, limit: number): Promise<string[]>;
  /**
   * Registers a pack before anything is written, and answers its members: those of the memories that are warm and in
   * no other pack under way, as many as fit `maxBytes` of JSON, at least one. None registers nothing.
   */
  begin(tenantId: string, packId: string, memoryIds: string[], maxBytes: number): Promise<PackSource[]>;
  /**
   * Moves members to the cold tier in one transaction: those still at their version, warm, and untouched since
   * `begin`. Answers their ids. None at all when the pack is no longer under way.
   */
  complete(
    tenantId: string,
    packId: string,
    entries: (PackedEntry & { excerpt: Excerpt })[],
  ): Promise<string[]>;
  /** Gives the members of a pack under way free again; its object will be deleted. */
  abandon(tenantId: string, packId: string): Promise<void>;
  /** Packs of any tenant that nobody needs: given up, left behind by a run that ended, or without an entry. */
  unused(limit: number): Promise<{ tenantId: string; packId: string }[]>;
  /**
   * Packs of any tenant, oldest first, of which little is alive, and none of it known as damaged: those that one new
   * pack of about `maxBytes` can replace, if they have enough entries for one.
   */
  sparse(
    policy: ArchivePolicy,
    maxBytes: number,
    limit: number,
  ): Promise<{ tenantId: string; packIds: string[] }[]>;
  /** Registers a pack that entries of others are going to move into, and answers them. None registers nothing. */
  beginMove(tenantId: string, packId: string, fromPackIds: string[]): Promise<CatalogueEntry[]>;
  /**
   * Moves entries in one transaction: those that still lie where they did. Answers how many; none at all when the pack
   * is no longer under way.
   */
  completeMove(tenantId: string, packId: string, entries: MovedEntry[]): Promise<number>;
  /** Whether the pack is still unused: from then on nobody can use it, and its object may go. */
  discard(tenantId: string, packId: string): Promise<boolean>;
  /** Forgets a discarded pack, after its object has gone. */
  forget(tenantId: string, packId: string): Promise<void>;
  /** The entries of a memory, oldest first; the last one holds the current state of a cold memory. */
  entries(tenantId: string, memoryId: string): Promise<CatalogueEntry[]>;
  /**
   * Makes a cold memory warm again in one transaction, at its version, and brings back its earlier versions. One that
   * is warm stays as it is. `moved`: it was archived anew meanwhile, nothing was done; `gone`: it was deleted.
   */
  restore(tenantId: string, restored: RestoredMemory): Promise<'warm' | 'moved' | 'gone'>;
  /** Notes that an entry could not be read, so that it is seen. One that lies elsewhere by now is another one. */
  markDamaged(
    tenantId: string,
    entry: Pick<CatalogueEntry, 'memoryId' | 'version' | 'packId'>,
  ): Promise<void>;
  overview(): Promise<ArchiveOverview>;
}

export type Operation = WireOperation;

/** Work that outlives a request. Errors: `store_unavailable` (retryable). */
export interface Operations {
  /** The running operation of this kind for the memory, or a new one. @throws AppError `not_found`. */
  begin(
    tenantId: string,
    started: { kind: Operation['kind']; memoryId: string },
  ): Promise<{ operation: Operation; created: boolean }>;
  find(tenantId: string, operationId: string): Promise<Operation | undefined>;
  /** Those of any tenant that run, longest first. */
  running(limit: number): Promise<{ tenantId: string; operationId: string }[]>;
  /** Ends it, once: with the code of an error where it failed. */
  finish(tenantId: string, operationId: string, error?: string): Promise<void>;
  /** Forgets those that ended so many days ago. */
  expire(afterDays: number): Promise<number>;
}
