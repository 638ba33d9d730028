import { inMemoryAnswerStore } from '../../shared/adapters/in-memory/answer-store.ts';
import { inMemoryArchiveCatalogue } from '../../shared/adapters/in-memory/archive-catalogue.ts';
import { inMemoryMemoryStore } from '../../shared/adapters/in-memory/memory-store.ts';
import { inMemoryOperations } from '../../shared/adapters/in-memory/operations.ts';
import { inMemoryOutbox } from '../../shared/adapters/in-memory/outbox.ts';
import { memoriesKept } from '../../shared/adapters/in-memory/store/quota.ts';
import { inMemoryState, tenantOf } from '../../shared/adapters/in-memory/store/state.ts';
import { inMemorySyncState } from '../../shared/adapters/in-memory/sync-state.ts';
import { postgresAnswerStore } from '../../shared/adapters/postgres/answer-store.ts';
import { postgresArchiveCatalogue } from '../../shared/adapters/postgres/archive-catalogue.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { postgresOperations } from '../../shared/adapters/postgres/operations.ts';
import { postgresOutbox } from '../../shared/adapters/postgres/outbox.ts';
import { postgresSyncState } from '../../shared/adapters/postgres/sync-state.ts';
import { postgresTenantLimits } from '../../shared/adapters/postgres/tenant-limits.ts';
import { defaultTenantLimits } from '../../shared/contracts/tenant-limits.ts';
import type { ArchiveCatalogue, Operations } from '../../shared/lifecycle/ports.ts';
import type { AnswerStore, MemoryStore } from '../../shared/memory/ports.ts';
import type { Outbox, SyncState } from '../../shared/replication/ports.ts';
import type { TestPostgres } from './postgres.ts';
import { settableClock } from './settable-clock.ts';

/** The ports that stand on one database. */
export interface Stores {
  memories: MemoryStore;
  answers: AnswerStore;
  syncState: SyncState;
  outbox: Outbox;
  archiveCatalogue: ArchiveCatalogue;
  operations: Operations;
  /** Memories that the tenant keeps, as they are counted. */
  usage(tenantId: string): Promise<number>;
  /** Lets so much time pass for all that a tenant has. */
  elapse(tenantId: string, seconds: number): Promise<void>;
}

export interface StoresOptions {
  /** Memories that a tenant may keep; as many as there are by default. */
  quota?: number;
}

export type MakeStores = (options?: StoresOptions) => Stores;

export function inMemoryStores({ quota }: StoresOptions = {}): Stores {
  const clock = settableClock(new Date().toISOString());
  const state = inMemoryState(clock);
  return {
    memories: inMemoryMemoryStore(state, quota),
    answers: inMemoryAnswerStore(state),
    syncState: inMemorySyncState(state),
    outbox: inMemoryOutbox(state),
    archiveCatalogue: inMemoryArchiveCatalogue(state),
    operations: inMemoryOperations(state),
    usage: async (tenantId) => memoriesKept(tenantOf(state, tenantId)),
    elapse: async (_tenantId, seconds) => clock.advance(seconds),
  };
}

export const postgresStores = ({ db }: TestPostgres, { quota }: StoresOptions = {}): Stores => ({
  memories: postgresMemoryStore(db, quota),
  answers: postgresAnswerStore(db),
  syncState: postgresSyncState(db),
  outbox: postgresOutbox(db),
  archiveCatalogue: postgresArchiveCatalogue(db),
  operations: postgresOperations(db),
  usage: async (tenantId) =>
    (await postgresTenantLimits(db, defaultTenantLimits).standingOf(tenantId)).memoriesKept,
  async elapse(tenantId, seconds) {
    const past: [table: string, column: string][] = [
      ['idempotency_keys', 'created_at'],
      ['memory_sync', 'changed_at'],
      ['memories', 'updated_at'],
      ['memory_access', 'last_accessed_at'],
      ['archive_packs', 'created_at'],
      ['operations', 'finished_at'],
    ];
    for (const [table, column] of past) {
      const sql = `update strata.${table} set ${column} = ${column} - make_interval(secs => $1)`;
      await db.query(tenantId, sql, [seconds]);
    }
  },
});
