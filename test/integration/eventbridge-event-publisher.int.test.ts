import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BusEvent, startBus } from '../../scripts/local/embedded/bus.ts';
import { embeddedAws } from '../../scripts/local/embedded/credentials.ts';
import { type EmbeddedPart, embeddedPart } from '../../scripts/local/embedded/part.ts';
import { eventBridgePublisher } from '../../shared/adapters/eventbridge/event-publisher.ts';
import { type Logger, silentLogger } from '../../shared/kernel/logger.ts';
import { describeEventPublisher, someEvent } from '../conformance/event-publisher.ts';

describe('publisher on EventBridge', () => {
  let server: EmbeddedPart;
  let client: EventBridgeClient;
  let received: BusEvent[] = [];
  let failures = 0;
  const busLog: Logger = { ...silentLogger, error: vi.fn() };

  beforeAll(async () => {
    const target = {
      name: 'receiver',
      detailTypes: ['memory.stored'],
      invoke: async (event: BusEvent) => {
        if (failures > 0) {
          failures -= 1;
          throw new Error('not yet');
        }
        received.push(event);
      },
    };
    server = await embeddedPart((port) => startBus([target], busLog, port));
    client = new EventBridgeClient({ ...embeddedAws, endpoint: server.endpoint, maxAttempts: 1 });
  });
  beforeEach(() => {
    received = [];
    failures = 0;
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  describeEventPublisher('EventBridge', async () => {
    received = [];
    return {
      publisher: eventBridgePublisher({ client, busName: 'strata', logger: silentLogger }),
      arrived: async () => received.map((event) => event.detail),
    };
  });

  const publisher = (send: unknown, logger: Logger = silentLogger) =>
    eventBridgePublisher({ client: { send } as EventBridgeClient, busName: 'strata', logger });

  it('names source, type and time on the outside', async () => {
    const event = someEvent();
    await eventBridgePublisher({ client, busName: 'strata', logger: silentLogger }).publish([event]);
    expect(received).toMatchObject([
      { source: 'strata', 'detail-type': 'memory.stored', time: event.occurredAt, detail: event },
    ]);
  });

  it('sends at most ten, and at most 256 KB, in a call', async () => {
    const calls: number[] = [];
    const send = async ({ input }: PutEventsCommand) => {
      calls.push(input.Entries!.length);
      return { Entries: input.Entries!.map((_, index) => ({ EventId: String(index) })) };
    };
    const large = () => ({ ...someEvent(), data: 'x'.repeat(100_000) });
    const events = [large(), large(), large(), ...Array.from({ length: 21 }, someEvent)];
    expect(await publisher(send).publish(events)).toEqual(events.map((event) => event.id));
    expect(calls).toEqual([2, 10, 10, 2]);
  });

  it('answers only what the bus accepted', async () => {
    const warn = vi.fn();
    const send = async ({ input }: PutEventsCommand) => ({
      FailedEntryCount: 1,
      Entries: input.Entries!.map((_, index) =>
        index === 1 ? { ErrorCode: 'ThrottlingException' } : { EventId: String(index) },
      ),
    });
    const [first, second, third] = [someEvent(), someEvent(), someEvent()];
    expect(await publisher(send, { ...silentLogger, warn }).publish([first, second, third])).toEqual([
      first.id,
      third.id,
    ]);
    expect(warn).toHaveBeenCalledWith('the bus refused events', { refused: 1, error: 'ThrottlingException' });
  });

  it('keeps what earlier calls published when a later one fails', async () => {
    const events = Array.from({ length: 12 }, someEvent);
    let calls = 0;
    const send = async ({ input }: PutEventsCommand) => {
      calls += 1;
      if (calls === 2) throw new Error('connection reset');
      return { Entries: input.Entries!.map((_, index) => ({ EventId: String(index) })) };
    };
    const accepted = await publisher(send).publish(events);
    expect(accepted).toEqual(events.slice(0, 10).map((event) => event.id));
  });

  it('delivers again when the function fails', async () => {
    failures = 1;
    await eventBridgePublisher({ client, busName: 'strata', logger: silentLogger }).publish([someEvent()]);
    await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 5_000 });
  });

  it('leaves events of other types alone and refuses malformed ones', async () => {
    const entry = { EventBusName: 'strata', Source: 'billing', DetailType: 'invoice.sent', Detail: '{}' };
    const { Entries, FailedEntryCount } = await client.send(
      new PutEventsCommand({ Entries: [entry, { ...entry, Detail: 'no JSON' }, { EventBusName: 'strata' }] }),
    );
    expect(FailedEntryCount).toBe(2);
    expect(Entries).toMatchObject([
      { EventId: expect.any(String) },
      { ErrorCode: 'MalformedDetail' },
      { ErrorCode: 'InvalidArgument' },
    ]);
    expect(received).toEqual([]);
  });
});
