import { afterAll, beforeAll } from 'vitest';
import { describeEventStream } from '../conformance/realtime/event-stream.ts';
import { describeSocketConnections } from '../conformance/realtime/socket-connections.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { postgresRealtimeStores } from '../support/realtime-stores.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const make = () => postgresRealtimeStores(postgres);
describeSocketConnections('Postgres', make);
describeEventStream('Postgres', make);
