import { describe, expect, it } from 'vitest';
import type { SubscriptionFilter } from '../../../shared/contracts/realtime/subscription.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { StreamEvent, StreamPosition } from '../../../shared/realtime/model.ts';
import { type MakeRealtimeStores, someConnection, someStreamEvent } from '../../support/realtime-stores.ts';

const tenant = () => `tenant-${newId()}`;
const at = '2026-03-01T10:00:00.000Z';
const place = (sequence: number, except: number[] = []): StreamPosition => ({ sequence, at, except });

/** What every stream of events must do, together with those who listen to it. */
export function describeEventStream(name: string, make: MakeRealtimeStores): void {
  /** A tenant with a connection that may listen. */
  async function listening(filter?: SubscriptionFilter, tenantId = tenant()) {
    const stores = make();
    const { connectionId } = someConnection(tenantId);
    await stores.socketConnections.open(someConnection(tenantId, { connectionId }));
    const subscribe = (wanted: SubscriptionFilter, after?: StreamPosition, limit = 100) =>
      stores.socketConnections.subscribe(tenantId, connectionId, {
        filter: wanted,
        limit,
        ...(after && { after }),
      });
    if (filter) await subscribe(filter);
    const append = (event: StreamEvent = someStreamEvent()) => stores.eventStream.append(tenantId, event);
    return { ...stores, tenantId, connectionId, subscribe, append };
  }

  describe(`EventStream: ${name}`, () => {
    it('has no place for events of a tenant that never connected', async () => {
      const { eventStream } = make();
      expect(await eventStream.append(tenant(), someStreamEvent())).toBeUndefined();
    });

    it('gives places one after the other, to each tenant its own', async () => {
      const [mine, theirs] = [await listening(), await listening()];
      const places = [];
      for (const stream of [mine, theirs, mine, mine]) places.push((await stream.append())?.event.sequence);
      expect(places).toEqual([1, 1, 2, 3]);
    });

    it('gives the same place to the same event, and tells nobody twice', async () => {
      const { append, eventStream, tenantId, connectionId } = await listening({});
      const event = someStreamEvent();
      expect(await append(event)).toMatchObject({ event: { sequence: 1 }, awaiting: [connectionId] });
      await eventStream.finish(tenantId, event.id, { unreached: [], gone: [] });
      expect(await append(event)).toMatchObject({ event: { ...event, sequence: 1 }, awaiting: [] });
      expect((await append())?.event.sequence).toBe(2);
    });

    it('gives every place once when many events come at once', async () => {
      const { append } = await listening();
      const events = Array.from({ length: 20 }, () => someStreamEvent());
      const appended = await Promise.all([...events, ...events].map((event) => append(event)));
      const places = new Set(appended.map((one) => one?.event.sequence));
      expect([...places].sort((a, b) => a! - b!)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    });

    it('tells again whom it did not reach, forgets who is gone, and names the event as unfinished', async () => {
      const { append, eventStream, socketConnections, tenantId, connectionId } = await listening({});
      const gone = someConnection(tenantId);
      await socketConnections.open(gone);
      await socketConnections.subscribe(tenantId, gone.connectionId, { filter: {}, limit: 1 });
      const event = someStreamEvent();
      expect((await append(event))?.awaiting).toHaveLength(2);
      await eventStream.finish(tenantId, event.id, { unreached: [connectionId], gone: [gone.connectionId] });
      expect(await socketConnections.find(gone.connectionId)).toBeUndefined();
      const next = someStreamEvent();
      expect(await append(next)).toMatchObject({ awaiting: [connectionId], unfinished: [1] });
      expect(await append(event)).toMatchObject({ awaiting: [connectionId], unfinished: [] });
      await socketConnections.forget(tenantId, [connectionId]);
      expect(await append(next)).toMatchObject({ awaiting: [], unfinished: [] });
    });

    it('never tells somebody again whom either of two deliveries reached', async () => {
      const { append, eventStream, tenantId, connectionId } = await listening({});
      const event = someStreamEvent();
      await append(event);
      await eventStream.finish(tenantId, event.id, { unreached: [], gone: [] });
      await eventStream.finish(tenantId, event.id, { unreached: [connectionId], gone: [] });
      expect((await append(event))?.awaiting).toEqual([]);
    });

    const cases: [what: string, filter: SubscriptionFilter, event: Partial<StreamEvent>, hears: boolean][] = [
      ['everything', {}, {}, true],
      ['its type', { events: ['memory.updated', 'memory.stored'] }, {}, true],
      ['another type', { events: ['memory.deleted'] }, {}, false],
      ['its agent', { agentId: 'planner' }, {}, true],
      ['another agent', { agentId: 'Planner' }, {}, false],
      ['an agent where there is none', { agentId: 'planner' }, { data: { memoryId: 'm' } }, false],
      ['its conversation', { conversationId: 'c' }, { data: { conversationId: 'c' } }, true],
      ['another conversation', { conversationId: 'c' }, {}, false],
      ['its kind of memory', { memoryTypes: ['episodic', 'semantic'] }, {}, true],
      ['another kind of memory', { memoryTypes: ['episodic'] }, {}, false],
      ['no kind of memory', { memoryTypes: ['episodic'] }, { data: {} }, false],
      ['one of two fields', { agentId: 'planner', events: ['memory.deleted'] }, {}, false],
    ];
    it.each(cases)('wanted is %s', async (_, filter, fields, hears) => {
      const { append, subscribe, connectionId } = await listening(filter);
      const event = someStreamEvent(fields);
      expect((await append(event))?.awaiting).toEqual(hears ? [connectionId] : []);
      const { missed } = await subscribe(filter, place(0));
      expect(missed.map(({ id }) => id)).toEqual(hears ? [event.id] : []);
    });

    it('tells nobody who has not subscribed, does no longer, or whose token has ended', async () => {
      const { append, subscribe, socketConnections, tenantId, connectionId, elapse } = await listening();
      expect((await append())?.awaiting).toEqual([]);
      await subscribe({});
      expect((await append())?.awaiting).toEqual([connectionId]);
      await socketConnections.unsubscribe(tenantId, connectionId);
      expect((await append())?.awaiting).toEqual([]);
      await socketConnections.identify(tenantId, connectionId, { serviceId: 's', filter: {} });
      expect((await append())?.awaiting).toEqual([connectionId]);
      await elapse(tenantId, 3_700);
      expect((await append())?.awaiting).toEqual([]);
    });

    it("keeps a subscription when its service identifies, and starts with the capabilities' where none is", async () => {
      const { append, socketConnections, tenantId, connectionId } = await listening({ agentId: 'other' });
      await socketConnections.identify(tenantId, connectionId, { serviceId: 's', filter: {} });
      expect((await append())?.awaiting).toEqual([]);
    });

    it('answers what was missed, in order, and where the stream is', async () => {
      const { append, subscribe } = await listening();
      const events = [someStreamEvent(), someStreamEvent(), someStreamEvent()];
      for (const event of events) await append(event);
      const answer = await subscribe({}, place(1));
      expect(answer).toEqual({
        head: { sequence: 3 },
        missed: events.slice(1).map((event, index) => ({
          ...event,
          sequence: index + 2,
          appendedAt: expect.stringMatching(/Z$/),
        })),
      });
      expect((await subscribe({}, place(3))).missed).toEqual([]);
      expect((await subscribe({})).missed).toEqual([]);
    });

    it('answers what had not been pushed to everybody at that place', async () => {
      const { append, subscribe } = await listening();
      for (let count = 0; count < 5; count += 1) await append();
      const { missed } = await subscribe({}, place(4, [2, 3]));
      expect(missed.map(({ sequence }) => sequence)).toEqual([2, 3, 5]);
    });

    it('is silent until everything that was missed has been asked for', async () => {
      const { append, subscribe, connectionId } = await listening({});
      for (let count = 0; count < 5; count += 1) await append();
      const missed = async (after: number) =>
        (await subscribe({}, place(after), 3)).missed.map(({ sequence }) => sequence);
      expect(await missed(0)).toEqual([1, 2, 3]);
      expect((await append())?.awaiting).toEqual([]);
      expect(await missed(3)).toEqual([4, 5, 6]);
      expect((await append())?.awaiting).toEqual([]);
      expect(await missed(6)).toEqual([7]);
      expect(await missed(7)).toEqual([]);
      expect((await append())?.awaiting).toEqual([connectionId]);
    });

    it('says from when on it has events, to who asks for older ones', async () => {
      const { append, subscribe, eventStream, tenantId, elapse } = await listening();
      await append();
      await append();
      expect(await subscribe({}, place(0))).not.toHaveProperty('keptSince');
      await elapse(tenantId, 86_500);
      await append();
      await eventStream.trim();
      const { missed, keptSince } = await subscribe({}, place(0));
      expect(missed.map(({ sequence }) => sequence)).toEqual([3]);
      expect(keptSince).toBe(missed[0]?.appendedAt);
      expect(await subscribe({}, place(2))).not.toHaveProperty('keptSince');
      expect((await subscribe({}, place(2, [1]))).keptSince).toBeDefined();
      await elapse(tenantId, 86_500);
      await eventStream.trim();
      expect((await subscribe({}, place(1))).keptSince).toBeDefined();
      expect(await subscribe({}, place(3))).not.toHaveProperty('keptSince');
    });

    it('answers all that it has to a place that it has not reached', async () => {
      const { append, subscribe } = await listening();
      await append();
      const { missed, keptSince } = await subscribe({}, place(9));
      expect([missed.map(({ sequence }) => sequence), keptSince === undefined]).toEqual([[1], false]);
    });

    it('loses no event to who resumes while they come, and brings none twice', async () => {
      const { append, subscribe, connectionId } = await listening();
      const events = Array.from({ length: 12 }, () => someStreamEvent());
      const resume = async (): Promise<number[]> => {
        const heard: number[] = [];
        for (;;) {
          const { missed } = await subscribe({}, place(heard.at(-1) ?? 0), 3);
          if (missed.length === 0) return heard;
          heard.push(...missed.map(({ sequence }) => sequence));
        }
      };
      const [replayed, ...appended] = await Promise.all([resume(), ...events.map((event) => append(event))]);
      const told = appended.filter((one) => one?.awaiting.includes(connectionId));
      const heard = [...replayed, ...told.map((one) => one!.event.sequence)].sort((a, b) => a - b);
      expect(heard).toEqual(events.map((_, index) => index + 1));
    });
  });
}
