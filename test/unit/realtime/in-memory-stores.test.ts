import { describeEventStream } from '../../conformance/realtime/event-stream.ts';
import { describeSocketConnections } from '../../conformance/realtime/socket-connections.ts';
import { inMemoryRealtimeStores } from '../../support/realtime-stores.ts';

describeSocketConnections('in memory', () => inMemoryRealtimeStores());
describeEventStream('in memory', () => inMemoryRealtimeStores());
