import { afterAll, beforeAll } from 'vitest';
import { describeAnswerStore } from '../conformance/answer-store.ts';
import { describeArchiveCatalogue } from '../conformance/archive-catalogue.ts';
import { describeArchiveCompaction } from '../conformance/archive-compaction.ts';
import { describeArchiveDue } from '../conformance/archive-due.ts';
import { describeMemoryStore } from '../conformance/memory-store.ts';
import { describeOperations } from '../conformance/operations.ts';
import { describeOutbox } from '../conformance/outbox.ts';
import { describeSyncState } from '../conformance/sync-state.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { type MakeStores, postgresStores } from '../support/stores.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const make: MakeStores = (options) => postgresStores(postgres, options);
describeMemoryStore('Postgres', make);
describeAnswerStore('Postgres', make);
describeSyncState('Postgres', make);
describeOutbox('Postgres', make);
describeArchiveCatalogue('Postgres', make);
describeArchiveDue('Postgres', make);
describeArchiveCompaction('Postgres', make);
describeOperations('Postgres', make);
