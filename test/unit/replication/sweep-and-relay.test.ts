import { describe, expect, it, vi } from 'vitest';
import type { EventEnvelope } from '../../../shared/contracts/events.ts';
import type { EventPublisher, Outbox } from '../../../shared/replication/ports.ts';
import { projectChanges } from '../../../shared/replication/project-changes.ts';
import { relayOutbox } from '../../../shared/replication/relay-outbox.ts';
import { sweepSync } from '../../../shared/replication/sweep-sync.ts';
import { state } from '../../conformance/graph-states.ts';
import { replication, storeDown } from './fakes.ts';

describe('sweepSync', () => {
  it('sends what is behind, in sets, and after the queue nothing is', async () => {
    const ports = replication();
    ports.syncState.put(...Array.from({ length: 250 }, (_, n) => state(`t${n % 2}`, `m${n}`, 1)));
    const [send, behind] = [vi.spyOn(ports.graphChanges, 'send'), vi.spyOn(ports.syncState, 'behind')];
    expect(await sweepSync(ports)).toEqual({
      behind: 250,
      sent: 250,
      lagSeconds: 30,
      syncPercentage: 0,
    });
    expect(behind).toHaveBeenCalledWith(30, 1_000);
    expect(send.mock.calls.map(([changes]) => changes.length)).toEqual([100, 100, 50]);
    expect(send.mock.calls[0]?.[0][0]).toEqual({
      schemaVersion: 1,
      tenantId: 't0',
      memoryId: 'm0',
      version: 1,
    });

    const messages = ports.graphChanges.take().map((body, n) => ({ messageId: `${n}`, body }));
    expect(await projectChanges(messages, ports)).toEqual({ retry: [] });
    expect(await sweepSync(ports)).toEqual({ behind: 0, sent: 0, lagSeconds: 0, syncPercentage: 100 });
  });

  it('fails when the queue does; the next run, or another at once, sends the same again', async () => {
    const ports = replication();
    ports.syncState.put(...Array.from({ length: 150 }, (_, n) => state('t', `m${n}`, 1)));
    const { send } = ports.graphChanges;
    vi.spyOn(ports.graphChanges, 'send').mockImplementationOnce(send).mockRejectedValueOnce(storeDown());
    await expect(sweepSync(ports)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(ports.graphChanges.waiting).toHaveLength(100);
    await Promise.all([sweepSync(ports), sweepSync(ports)]);
    const messages = ports.graphChanges.take().map((body, n) => ({ messageId: `${n}`, body }));
    expect(messages).toHaveLength(400);
    await projectChanges(messages, ports);
    expect(await ports.graph.count('t')).toBe(150);
    expect(await ports.syncState.behind(30, 1)).toEqual([]);
  });
});

describe('relayOutbox', () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  const deadline = new Date(start + 50_000);

  /** An outbox of so many events, a bus that accepts by a rule, and a clock that moves with every batch. */
  function relay(count: number, accepts: (id: string) => boolean = () => true, msPerBatch = 0) {
    let now = start;
    const waiting = Array.from(
      { length: count },
      (_, n): EventEnvelope => ({
        id: `e${n}`,
        type: 'memory.stored',
        schemaVersion: 1,
        tenantId: 't',
        occurredAt: '2026-01-01T00:00:00.000Z',
        data: {},
      }),
    );
    const published: string[] = [];
    const outbox: Outbox = {
      async drain(limit, publish) {
        now += msPerBatch;
        const claimed = waiting.slice(0, limit);
        const done = claimed.length > 0 ? await publish(claimed) : [];
        for (const id of done)
          waiting.splice(
            waiting.findIndex((event) => event.id === id),
            1,
          );
        return { claimed: claimed.length, published: done.length };
      },
    };
    const eventBus: EventPublisher = {
      async publish(events) {
        const taken = events.map(({ id }) => id).filter(accepts);
        published.push(...taken);
        return taken;
      },
    };
    return { ports: { outbox, eventBus, clock: { now: () => new Date(now) } }, waiting, published };
  }

  it('drains batch by batch until nothing is left', async () => {
    const { ports, waiting, published } = relay(230);
    expect(await relayOutbox(ports, deadline)).toEqual({ published: 230, refused: 0 });
    expect(waiting).toEqual([]);
    expect(new Set(published).size).toBe(230);
  });

  it('goes past refused events as long as others are published', async () => {
    const { ports, waiting } = relay(150, (id) => id !== 'e7');
    expect((await relayOutbox(ports, deadline)).published).toBe(149);
    expect(waiting.map(({ id }) => id)).toEqual(['e7']);
  });

  it('fails after one batch when the bus takes nothing', async () => {
    const { ports, waiting } = relay(500, () => false);
    await expect(relayOutbox(ports, deadline)).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      details: { refused: 100 },
    });
    expect(waiting).toHaveLength(500);
  });

  it('begins no batch that might not end before the deadline', async () => {
    const { ports, waiting } = relay(5_000, () => true, 10_000);
    expect(await relayOutbox(ports, deadline)).toEqual({ published: 500, refused: 0 });
    expect(waiting).toHaveLength(4_500);
    expect(await relayOutbox(ports, new Date(start))).toEqual({ published: 0, refused: 0 });
  });

  it('fails with the bus, and keeps the events', async () => {
    const { ports, waiting } = relay(10);
    ports.eventBus.publish = () => Promise.reject(storeDown());
    await expect(relayOutbox(ports, deadline)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(waiting).toHaveLength(10);
  });
});
