import { afterAll, beforeAll } from 'vitest';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { postgresRecallIndex } from '../../shared/adapters/postgres/recall-index.ts';
import { describeRecallText } from '../conformance/recall-index.ts';
import { describeRecallVectors } from '../conformance/recall-index-vectors.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());

const make = () => ({ index: postgresRecallIndex(postgres.db), memories: postgresMemoryStore(postgres.db) });

describeRecallText('Postgres', make);
describeRecallVectors('Postgres', make);
