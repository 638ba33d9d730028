import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventEnvelope } from '../../shared/contracts/events.ts';
import type { Http, Json } from '../support/http.ts';
import type { Service } from '../support/service.ts';
import { callerOf, tenant } from './support/faults.ts';
import { expectStatus } from './support/problem.ts';
import { describeLocal, isRemote, openTarget, type Target, unique } from './support/target.ts';

let target: Target;
let service: Service;
let api: Http;
let bus: EventBridgeClient;

beforeAll(async () => {
  if (isRemote) return;
  target = await openTarget();
  service = target.service;
  api = await callerOf(service);
  // what the start of this file has left
  await service.runSchedule('relay-outbox');
  bus = new EventBridgeClient({
    region: 'eu-west-1',
    endpoint: service.environment.AWS_ENDPOINT_URL_EVENTBRIDGE as string,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
});
afterAll(async () => {
  bus?.destroy();
  await target?.close();
});

const put = (envelope: object) =>
  bus.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: service.environment.EVENT_BUS_NAME as string,
          Source: 'planner',
          DetailType: 'memory.store.requested',
          Detail: JSON.stringify(envelope),
        },
      ],
    }),
  );
const requested = (content: string, id = unique('event')) => ({
  id,
  type: 'memory.store.requested',
  schemaVersion: 1,
  tenantId: tenant,
  occurredAt: new Date().toISOString(),
  data: { memory: { content, domain: 'bus' } },
});
const inDomain = async (): Promise<Json[]> =>
  (await api.post('/api/memory/query', { domain: 'bus' })).body.memories;

/** Listens where the bus was and keeps what is published. */
async function listenInPlaceOfBus(): Promise<{ published: Json[]; close(): Promise<void> }> {
  const published: Json[] = [];
  const server: Server = createServer(async (request, response) => {
    const { Entries } = (await json(request)) as Json;
    published.push(...Entries);
    const answers = Entries.map((_: unknown, n: number) => ({ EventId: String(n) }));
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ FailedEntryCount: 0, Entries: answers }));
  });
  const { port } = new URL(service.environment.AWS_ENDPOINT_URL_EVENTBRIDGE as string);
  await new Promise<void>((done) => server.listen(Number(port), '127.0.0.1', done));
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { published, close };
}

describeLocal('the bus (puts events on the bus of the service)', () => {
  let stored: Json;

  it('stores what another service requests, once, however often it is delivered', async () => {
    const envelope = requested('Requested over the bus');
    await Promise.all([put(envelope), put(envelope)]);
    await put(envelope);
    await vi.waitFor(async () => expect(await inDomain()).toHaveLength(1), { timeout: 10_000, interval: 50 });
    await put(requested('The second one'));
    await vi.waitFor(async () => expect(await inDomain()).toHaveLength(2), { timeout: 10_000, interval: 50 });
    stored = (await inDomain()).find((memory) => memory.content === 'Requested over the bus');
    const { versions } = (await api.get(`/api/memory/${stored.id}/versions`)).body;
    expect(versions).toMatchObject([{ version: 1, changedBy: `event:${envelope.id}` }]);
  });

  it('stores for the tenant of the event alone', async () => {
    await put({ ...requested('Of another tenant'), tenantId: 'globex' });
    const other = await target.as('b');
    await vi.waitFor(
      async () =>
        expect((await other.post('/api/memory/query', { domain: 'bus' })).body.memories).toHaveLength(1),
      { timeout: 10_000, interval: 50 },
    );
    expect(await inDomain()).toHaveLength(2);
  });

  it('stores nothing that the schema refuses', async () => {
    for (const bad of [
      { ...requested('x'), schemaVersion: 2 },
      { ...requested('x'), tenantId: '' },
      { ...requested('x'), data: { memory: { content: 'x', importance: 11 } } },
      { ...requested('x'), type: 'memory.stored' },
      {},
    ]) {
      await put(bad);
    }
    await put(requested('After the bad ones'));
    await vi.waitFor(async () => expect(await inDomain()).toHaveLength(3), { timeout: 10_000, interval: 50 });
  });

  it('is told of every change once the relay runs, with no content', async () => {
    await service.stopPart('bus');
    await expect(service.runSchedule('relay-outbox')).rejects.toThrow('The bus takes no events');
    const listener = await listenInPlaceOfBus();
    try {
      const { id } = expectStatus(await api.post('/api/memory', { content: 'Confidential words' }), 201);
      await api.patch(`/api/memory/${id}`, { importance: 1 });
      await api.delete(`/api/memory/${id}?hard=true`);
      expect(await service.runSchedule('relay-outbox')).toEqual({ published: 7, refused: 0 });
      expect(await service.runSchedule('relay-outbox')).toEqual({ published: 0, refused: 0 });

      const envelopes = listener.published.map((entry) => eventEnvelope.parse(JSON.parse(entry.Detail)));
      expect(listener.published.map((entry) => entry.DetailType)).toEqual(envelopes.map(({ type }) => type));
      expect(new Set(envelopes.map((envelope) => envelope.id)).size).toBe(7);
      const told = envelopes.filter(({ data }) => (data as Json).memoryId === id);
      expect(told.map(({ type, data }) => [type, (data as Json).version])).toEqual([
        ['memory.stored', 1],
        ['memory.updated', 2],
        ['memory.deleted', 3],
      ]);
      const first = envelopes.find(({ data }) => (data as Json).memoryId === stored.id);
      expect(first).toMatchObject({ type: 'memory.stored', tenantId: tenant, data: { version: 1 } });
      expect(envelopes.filter(({ tenantId }) => tenantId === 'globex')).toHaveLength(1);
      expect(JSON.stringify(listener.published)).not.toContain('Confidential');
      for (const entry of listener.published) expect(entry.Source).toBe('strata');
    } finally {
      await listener.close();
      await service.startPart('bus');
    }
  });
});
