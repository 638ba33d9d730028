import { describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../../shared/contracts/realtime/server-messages.ts';
import { pushEvent } from '../../../shared/realtime/push-event.ts';
import { someStreamEvent } from '../../support/realtime-stores.ts';
import { start } from './socket-harness.ts';

describe('a message', () => {
  it('identifies a service, which then hears what its capabilities stand for', async () => {
    const { connect, ...ports } = start();
    const client = await connect();
    const identify = {
      type: 'identify',
      serviceId: 'my-service',
      capabilities: ['memory', 'learning'],
    } as const;
    expect(await client.send({ ...identify, id: '1' })).toEqual([
      {
        type: 'identified',
        inReplyTo: '1',
        connectionId: client.connectionId,
        serviceId: 'my-service',
        subscribed: true,
        cursor: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    const event = someStreamEvent();
    await pushEvent('acme', event, ports);
    expect(client.next()).toMatchObject([{ type: 'sync', event }]);
  });

  it.each([
    ['capabilities without events', ['learning'], undefined],
    ['a token that may not read', ['memory'], 'memory:write'],
  ])('identifies a service with %s, which hears nothing', async (_, capabilities, scope) => {
    const { connect, ...ports } = start();
    const client = await connect(scope === undefined ? {} : { scope });
    const answer = await client.send({ type: 'identify', serviceId: 's', capabilities });
    expect(answer).toMatchObject([{ type: 'identified', subscribed: false }]);
    await pushEvent('acme', someStreamEvent(), ports);
    expect(client.next()).toEqual([]);
  });

  it('subscribes, filters and unsubscribes', async () => {
    const { connect, ...ports } = start();
    const client = await connect();
    const filter = { events: ['memory.deleted'], agentId: 'planner' };
    expect(await client.send({ type: 'subscribe', filter })).toMatchObject([
      { type: 'subscribed', filter, replayed: 0, more: false },
    ]);
    await pushEvent('acme', someStreamEvent(), ports);
    await pushEvent('acme', someStreamEvent({ type: 'memory.deleted' }), ports);
    expect(client.next()).toMatchObject([{ type: 'sync', sequence: 2 }]);
    expect(await client.send({ type: 'unsubscribe' })).toEqual([{ type: 'unsubscribed' }]);
    await pushEvent('acme', someStreamEvent({ type: 'memory.deleted' }), ports);
    expect(client.next()).toEqual([]);
  });

  it('goes to every other service of the tenant, or to one, and is acknowledged', async () => {
    const { connect } = start();
    const [sender, one, two, foreign] = [
      await connect(),
      await connect(),
      await connect({ sub: 'key:sk_2' }),
      await connect({ tenant_id: 'globex' }),
    ];
    for (const [client, serviceId] of [
      [sender, 'a'],
      [one, 'b'],
      [two, 'c'],
      [foreign, 'b'],
    ] as const) {
      await client.send({ type: 'identify', serviceId, capabilities: [] });
    }
    const data = { step: 1 };
    const [sent] = await sender.send({ type: 'broadcast', id: 'x', data });
    expect(sent).toMatchObject({ type: 'sent', inReplyTo: 'x', recipients: 2 });
    const messages = [one.next(), two.next(), foreign.next()];
    expect(messages[0]).toEqual([
      { type: 'message', messageId: expect.any(String), from: 'a', subject: 'key:sk_1', data },
    ]);
    expect(messages).toEqual([messages[0], messages[0], []]);
    const { messageId } = messages[0]![0] as ServerMessage<'message'>;
    expect(sent).toMatchObject({ messageId });

    expect(await two.send({ type: 'ack', messageId })).toEqual([
      { type: 'acknowledged', messageId, by: 'c' },
    ]);
    expect(sender.next()).toEqual([{ type: 'acknowledged', messageId, by: 'c' }]);
    expect(await foreign.send({ type: 'ack', messageId })).toMatchObject([
      { type: 'error', code: 'validation_failed' },
    ]);
    expect(sender.next()).toEqual([]);

    expect(await sender.send({ type: 'send', to: 'b', data })).toMatchObject([{ recipients: 1 }]);
    expect([one.next().length, two.next().length, foreign.next().length]).toEqual([1, 0, 0]);
    expect(await sender.send({ type: 'send', to: 'nobody', data })).toMatchObject([{ recipients: 0 }]);
  });

  it('has the same messageId when it is sent again under the same id', async () => {
    const { connect } = start();
    const client = await connect();
    await client.send({ type: 'identify', serviceId: 'a' });
    const ids = [];
    for (const id of ['1', '1', '2']) {
      const [sent] = await client.send({ type: 'broadcast', id, data: null });
      ids.push((sent as ServerMessage<'sent'>).messageId);
    }
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false]);
  });

  it('is acknowledged to the service where its sender has connected anew', async () => {
    const { connect, sockets } = start();
    const [sender, receiver] = [await connect(), await connect()];
    await sender.send({ type: 'identify', serviceId: 'a' });
    await receiver.send({ type: 'identify', serviceId: 'b' });
    await sender.send({ type: 'send', to: 'b', data: 1 });
    const [message] = receiver.next();
    await sockets.close(sender.connectionId);
    const again = await connect();
    await again.send({ type: 'identify', serviceId: 'a' });
    const { messageId } = message as ServerMessage<'message'>;
    await receiver.send({ type: 'ack', messageId });
    expect(again.next()).toEqual([{ type: 'acknowledged', messageId, by: 'b' }]);
  });

  it('is told when nobody could be reached, and counts those that were', async () => {
    const { connect, sockets } = start();
    const [sender, one] = [await connect(), await connect()];
    await sender.send({ type: 'identify', serviceId: 'a' });
    sockets.unreachable.add(one.connectionId);
    expect(await sender.send({ type: 'broadcast', data: 1 })).toMatchObject([
      { type: 'error', code: 'sockets_unavailable' },
    ]);
    await connect();
    expect(await sender.send({ type: 'broadcast', data: 1 })).toMatchObject([
      { type: 'sent', recipients: 1 },
    ]);
  });

  it('answers a ping', async () => {
    const { connect } = start();
    expect(await (await connect()).send({ type: 'ping', id: 'p' })).toEqual([
      { type: 'pong', inReplyTo: 'p' },
    ]);
  });
});
