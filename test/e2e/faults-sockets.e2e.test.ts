import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { embeddedAws } from '../../scripts/local/embedded/credentials.ts';
import { eventBridgePublisher } from '../../shared/adapters/eventbridge/event-publisher.ts';
import type { EventEnvelope } from '../../shared/contracts/events.ts';
import type { ServerMessage } from '../../shared/contracts/realtime/server-messages.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { Service } from '../support/service.ts';
import { callerOf, dataFolder, sql, startImpatient, tenant } from './support/faults.ts';
import { connectSocket, type SocketClient } from './support/socket-client.ts';
import { describeLocal } from './support/target.ts';

describeLocal('clients of the WebSocket API', () => {
  let folder: Awaited<ReturnType<typeof dataFolder>>;
  let service: Service;
  let client: SocketClient;
  beforeEach(async () => {
    folder = await dataFolder();
    service = await startImpatient(folder.path);
    client = await connect();
    await client.ask({ type: 'subscribe' }, 'subscribed');
  });
  afterEach(async () => {
    client.kill();
    await service.stop();
    await folder.remove();
  });

  const connect = async () =>
    connectSocket(`${service.url.replace('http', 'ws')}/ws`, await service.token(tenant));
  const store = async (): Promise<string> => {
    const { body } = await (await callerOf(service)).post('/api/memory', { content: 'The deploy failed.' });
    return body.id;
  };
  const memoriesHeard = (by: SocketClient) =>
    by.received.flatMap((message: ServerMessage) =>
      message.type === 'sync' ? [message.event.data.memoryId] : [],
    );
  const hears = (by: SocketClient, ids: readonly string[]) =>
    vi.waitFor(() => expect(memoriesHeard(by)).toEqual(ids), { timeout: 15_000, interval: 20 });

  it('hear, when they can be reached again, of what happened while they could not', async () => {
    await service.stopPart('sockets');
    const id = await store();
    await service.runSchedule('relay-outbox');
    await vi.waitFor(async () => {
      expect(await sql(service, "select id from strata.stream_events where awaiting <> '{}'")).toHaveLength(
        1,
      );
    });
    await service.startPart('sockets');
    await hears(client, [id]);
    await vi.waitFor(async () => {
      expect(await sql(service, "select id from strata.stream_events where awaiting <> '{}'")).toEqual([]);
    });
  });

  it('hear once of what the bus delivers while Postgres is away, and twice', async () => {
    const memoryId = newId();
    const event: EventEnvelope = {
      id: newId(),
      type: 'memory.stored',
      schemaVersion: 1,
      tenantId: tenant,
      occurredAt: new Date().toISOString(),
      data: { memoryId, version: 1, memoryType: 'semantic' },
    };
    const bus = eventBridgePublisher({
      client: new EventBridgeClient({
        ...embeddedAws,
        endpoint: service.environment.AWS_ENDPOINT_URL_EVENTBRIDGE ?? '',
      }),
      busName: 'strata',
      logger: silentLogger,
    });
    await service.stopPart('postgres');
    expect(await bus.publish([event])).toEqual([event.id]);
    await service.startPart('postgres');
    await hears(client, [memoryId]);
    expect(await bus.publish([event, event])).toHaveLength(2);
    const next = await store();
    await service.runSchedule('relay-outbox');
    await hears(client, [memoryId, next]);
  });

  it('take up where they were when the service was killed, and the dead are forgotten', async () => {
    const first = await store();
    await service.runSchedule('relay-outbox');
    await hears(client, [first]);
    const [sync] = client.received.filter((message) => message.type === 'sync');
    const { port } = new URL(service.url);
    await service.kill();
    await client.closed;
    service = await startImpatient(folder.path);
    expect(new URL(service.url).port).not.toBe(port);
    const missed = await store();
    await service.runSchedule('relay-outbox');
    await vi.waitFor(async () => {
      expect(await sql(service, 'select connection_id from strata.socket_connections')).toEqual([]);
    });
    client = await connect();
    await client.ask({ type: 'subscribe', after: sync?.cursor }, 'subscribed');
    expect(memoriesHeard(client)).toEqual([missed]);
  });
});
