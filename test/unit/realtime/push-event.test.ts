import { describe, expect, it } from 'vitest';
import { pushEvent } from '../../../shared/realtime/push-event.ts';
import { subscribeToEvents } from '../../../shared/realtime/subscribe-to-events.ts';
import { sweepSockets } from '../../../shared/realtime/sweep-sockets.ts';
import { someStreamEvent } from '../../support/realtime-stores.ts';
import { realtime } from './support.ts';

const subscribe = { type: 'subscribe', filter: {} } as const;

async function listener() {
  const ports = realtime();
  const connection = await ports.connected('acme');
  await subscribeToEvents(subscribe, connection, ports);
  const push = (event = someStreamEvent()) => pushEvent('acme', event, ports);
  const received = () => ports.sockets.received(connection.connectionId);
  const heard = () => received().flatMap((message) => (message.type === 'sync' ? [message] : []));
  const resume = (after: string) => subscribeToEvents({ ...subscribe, after }, connection, ports);
  return { ...ports, connection, push, received, heard, resume };
}

describe('pushing an event', () => {
  it('tells those who listen what happened, by id and version', async () => {
    const { push, heard } = await listener();
    const event = someStreamEvent();
    expect(await push(event)).toEqual({ pushed: 1, gone: 0 });
    expect(heard()).toEqual([{ type: 'sync', sequence: 1, cursor: expect.any(String), event }]);
  });

  it('has one effect, however often the bus delivers it', async () => {
    const { push, heard } = await listener();
    const event = someStreamEvent();
    await push(event);
    for (let again = 0; again < 50; again += 1) expect(await push(event)).toEqual({ pushed: 0, gone: 0 });
    expect(heard()).toHaveLength(1);
  });

  it('forgets who is gone, and tells the others', async () => {
    const { push, heard, connected, sockets, socketConnections, ...ports } = await listener();
    const gone = await connected('acme');
    await subscribeToEvents(subscribe, gone, { ...ports, sockets, socketConnections });
    await sockets.close(gone.connectionId);
    expect(await push()).toEqual({ pushed: 1, gone: 1 });
    expect(heard()).toHaveLength(1);
    expect(await socketConnections.find(gone.connectionId)).toBeUndefined();
  });

  it('fails where somebody cannot be reached, and tells him alone when it is tried again', async () => {
    const { push, heard, connected, sockets, ...ports } = await listener();
    const slow = await connected('acme');
    await subscribeToEvents(subscribe, slow, { ...ports, sockets });
    sockets.unreachable.add(slow.connectionId);
    const event = someStreamEvent();
    await expect(push(event)).rejects.toMatchObject({ code: 'sockets_unavailable', retryable: true });
    expect(heard()).toHaveLength(1);
    sockets.unreachable.clear();
    expect(await push(event)).toEqual({ pushed: 1, gone: 0 });
    expect(heard()).toHaveLength(1);
    expect(sockets.received(slow.connectionId)).toMatchObject([{ type: 'sync', event }]);
  });

  it('gives cursors from which nothing is lost that had not been handed over', async () => {
    const { push, heard, received, sockets, connection, resume } = await listener();
    const [first, second] = [someStreamEvent(), someStreamEvent()];
    sockets.unreachable.add(connection.connectionId);
    await expect(push(first)).rejects.toThrow();
    sockets.unreachable.clear();
    await push(second);
    expect(heard().map(({ sequence }) => sequence)).toEqual([2]);
    await resume(heard()[0]!.cursor);
    expect(received().slice(1)).toMatchObject([{ type: 'sync', sequence: 1, event: first }]);
    // the cursor of what was missed leads behind what had come before it
    const before = received().length;
    await resume(heard()[1]!.cursor);
    expect(received()).toHaveLength(before);
  });

  it('stands before the first of them when many have not been handed over', async () => {
    const { push, heard, sockets, connection, resume } = await listener();
    sockets.unreachable.add(connection.connectionId);
    for (let count = 0; count < 20; count += 1) await expect(push()).rejects.toThrow();
    sockets.unreachable.clear();
    await push();
    await resume(heard()[0]!.cursor);
    expect(heard().map(({ sequence }) => sequence)).toEqual([
      21,
      ...Array.from({ length: 21 }, (_, index) => index + 1),
    ]);
  });
});

describe('resuming', () => {
  it('brings what was missed in pages, each with a cursor to the next', async () => {
    const { push, heard, unsubscribed, resume, ...rest } = { ...(await listener()), unsubscribed: true };
    await push();
    await rest.socketConnections.unsubscribe('acme', rest.connection.connectionId);
    for (let count = 0; count < 250; count += 1) await push();
    let { cursor, more, replayed } = await resume(heard()[0]!.cursor);
    const pages = [replayed];
    while (more) {
      ({ cursor, more, replayed } = await resume(cursor));
      pages.push(replayed);
    }
    expect([pages, unsubscribed]).toEqual([[100, 100, 50], true]);
    expect(heard().map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 251 }, (_, index) => index + 1),
    );
    expect((await resume(cursor)).replayed).toBe(0);
    await push();
    expect(heard().at(-1)?.sequence).toBe(252);
  });

  it('brings everything that was missed before anything new', async () => {
    const { push, heard, sockets, socketConnections, connection, resume } = await listener();
    await push();
    const { cursor } = heard()[0]!;
    await socketConnections.unsubscribe('acme', connection.connectionId);
    await push();
    await push();
    const { post } = sockets;
    let happening = 3;
    sockets.post = async (connectionId, message) => {
      if (happening-- > 0) await push();
      return post(connectionId, message);
    };
    expect(await resume(cursor)).toMatchObject({ replayed: 5, more: false });
    await push();
    expect(heard().map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('from before the store was restored brings all that there is, and then new events', async () => {
    const { push, heard, received, resume, pageCursors, clock } = await listener();
    await push();
    const ahead = await pageCursors.seal('acme', 'stream', [9, clock.now().getTime(), []]);
    expect(await resume(ahead)).toMatchObject({ replayed: 1, more: false });
    expect(received().map(({ type }) => type)).toEqual(['sync', 'resync', 'sync']);
    await push();
    expect(heard().map(({ sequence }) => sequence)).toEqual([1, 1, 2]);
  });

  it('says from when on events are missing that are no longer kept', async () => {
    const { push, heard, received, resume, eventStream, clock } = await listener();
    await push();
    const left = clock.now().toISOString();
    const { cursor } = heard()[0]!;
    await push();
    clock.advance(86_500);
    await eventStream.trim();
    await resume(cursor);
    expect(received().at(-1)).toEqual({
      type: 'resync',
      missingSince: left,
      keptSince: clock.now().toISOString(),
    });
  });

  it('refuses a cursor of another tenant, of another list, and one that was changed', async () => {
    const { pageCursors, resume, heard, push, connected, ...ports } = await listener();
    await push();
    const { cursor } = heard()[0]!;
    const other = await connected('globex');
    await expect(
      subscribeToEvents({ ...subscribe, after: cursor }, other, { ...ports, pageCursors }),
    ).rejects.toMatchObject({ code: 'invalid_cursor' });
    for (const wrong of [
      `${cursor}x`,
      cursor.slice(0, -3),
      'x',
      await pageCursors.seal('acme', 'memories', [1]),
    ]) {
      await expect(resume(wrong)).rejects.toMatchObject({ code: 'invalid_cursor' });
    }
    await expect(resume(await pageCursors.seal('acme', 'stream', ['1', 2, 3]))).rejects.toMatchObject({
      code: 'invalid_cursor',
    });
  });
});

describe('the sweep', () => {
  it('tells connections whose token has ended, ends and forgets them', async () => {
    const { connection, clock, sockets, socketConnections, ...ports } = await listener();
    clock.advance(3_700);
    expect(await sweepSockets({ sockets, socketConnections, ...ports })).toEqual({
      ended: 1,
      unreached: 0,
      trimmed: 0,
    });
    expect(sockets.received(connection.connectionId)).toMatchObject([
      { type: 'error', code: 'unauthenticated', closing: true },
    ]);
    expect(sockets.isOpen(connection.connectionId)).toBe(false);
    expect(await socketConnections.find(connection.connectionId)).toBeUndefined();
  });

  it('ends who missed an event for good, so that he comes back for it', async () => {
    const { push, connection, clock, sockets, ...ports } = await listener();
    sockets.unreachable.add(connection.connectionId);
    await expect(push()).rejects.toThrow();
    clock.advance(700);
    expect(await sweepSockets({ sockets, ...ports })).toMatchObject({ ended: 0, unreached: 1 });
    sockets.unreachable.clear();
    expect(await sweepSockets({ sockets, ...ports })).toMatchObject({ ended: 1, unreached: 0 });
    expect(sockets.received(connection.connectionId)).toMatchObject([
      { type: 'error', code: 'sockets_unavailable', closing: true },
    ]);
  });

  it('drops events that are a day old, and those beyond the number that is kept', async () => {
    const { push, clock, ...ports } = await listener();
    await push();
    clock.advance(86_500);
    await push();
    expect((await sweepSockets(ports)).trimmed).toBe(1);
  });
});
