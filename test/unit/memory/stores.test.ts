import { describeAnswerStore } from '../../conformance/answer-store.ts';
import { describeArchiveCatalogue } from '../../conformance/archive-catalogue.ts';
import { describeArchiveCompaction } from '../../conformance/archive-compaction.ts';
import { describeArchiveDue } from '../../conformance/archive-due.ts';
import { describeMemoryStore } from '../../conformance/memory-store.ts';
import { describeOperations } from '../../conformance/operations.ts';
import { describeOutbox } from '../../conformance/outbox.ts';
import { describeSyncState } from '../../conformance/sync-state.ts';
import { inMemoryStores } from '../../support/stores.ts';

describeMemoryStore('in memory', inMemoryStores);
describeAnswerStore('in memory', inMemoryStores);
describeSyncState('in memory', inMemoryStores);
describeOutbox('in memory', inMemoryStores);
describeArchiveCatalogue('in memory', inMemoryStores);
describeArchiveDue('in memory', inMemoryStores);
describeArchiveCompaction('in memory', inMemoryStores);
describeOperations('in memory', inMemoryStores);
