import { inMemoryAnswerStore } from '../../shared/adapters/in-memory/answer-store.ts';
import { inMemoryMemoryStore } from '../../shared/adapters/in-memory/memory-store.ts';
import { inMemoryOutbox } from '../../shared/adapters/in-memory/outbox.ts';
import { inMemoryState } from '../../shared/adapters/in-memory/store/state.ts';
import { inMemorySyncState } from '../../shared/adapters/in-memory/sync-state.ts';
import { postgresAnswerStore } from '../../shared/adapters/postgres/answer-store.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { postgresOutbox } from '../../shared/adapters/postgres/outbox.ts';
import { postgresSyncState } from '../../shared/adapters/postgres/sync-state.ts';
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
  /** Lets so much time pass for what a tenant has written: its keys and its ledger. */
  elapse(tenantId: string, seconds: number): Promise<void>;
}

export type MakeStores = () => Stores;

export function inMemoryStores(): Stores {
  const clock = settableClock(new Date().toISOString());
  const state = inMemoryState(clock);
  return {
    memories: inMemoryMemoryStore(state),
    answers: inMemoryAnswerStore(state),
    syncState: inMemorySyncState(state),
    outbox: inMemoryOutbox(state),
    elapse: async (_tenantId, seconds) => clock.advance(seconds),
  };
}

export const postgresStores = ({ db }: TestPostgres): Stores => ({
  memories: postgresMemoryStore(db),
  answers: postgresAnswerStore(db),
  syncState: postgresSyncState(db),
  outbox: postgresOutbox(db),
  async elapse(tenantId, seconds) {
    await db.query(
      tenantId,
      'update strata.idempotency_keys set created_at = created_at - make_interval(secs => $1)',
      [seconds],
    );
    await db.query(
      tenantId,
      'update strata.memory_sync set changed_at = changed_at - make_interval(secs => $1)',
      [seconds],
    );
  },
});
