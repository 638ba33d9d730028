import { beforeEach, describe, expect, it } from 'vitest';
import { type EventEnvelope, eventDetails, eventEnvelope } from '../../shared/contracts/events.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { applied, keyOf, newTenant, stored, writeOf } from '../support/store-writes.ts';
import type { MakeStores, Stores } from '../support/stores.ts';

/** What every outbox must do. Nobody else may drain it while the tests run. */
export function describeOutbox(name: string, make: MakeStores): void {
  const acceptAll = async (events: EventEnvelope[]) => events.map(({ id }) => id);

  describe(`Outbox: ${name}`, () => {
    let stores: Stores;
    let tenant: string;
    const drainAll = async () => {
      const drained: EventEnvelope[] = [];
      await stores.outbox.drain(10_000, async (events) => {
        drained.push(...events);
        return acceptAll(events);
      });
      return drained;
    };
    beforeEach(async () => {
      stores = make();
      tenant = newTenant();
      await drainAll();
    });

    it('holds one event for each effect, in the envelope and shape of the contract', async () => {
      const fields = { agentId: 'a', conversationId: 'c' };
      const { id } = await stored(stores.memories, tenant, fields);
      await stored(stores.memories, tenant, { id, ...fields }, { kind: 'updated' });
      await stored(stores.memories, tenant, { id }, { kind: 'related' });
      await stored(
        stores.memories,
        tenant,
        { id, deletedAt: '2026-02-01T00:00:00.000Z' },
        { kind: 'deleted' },
      );
      await stores.memories.erase({ tenantId: tenant, items: [{ id }] });
      const events = await drainAll();
      const memory = { memoryId: id, memoryType: 'semantic' };
      expect(events.map(({ type, data }) => [type, data])).toEqual([
        ['memory.stored', { ...memory, ...fields, version: 1 }],
        ['memory.updated', { ...memory, ...fields, version: 2 }],
        ['memory.updated', { ...memory, version: 3 }],
        ['memory.deleted', { ...memory, version: 4, hard: false }],
        ['memory.deleted', { ...memory, version: 5, hard: true }],
      ]);
      for (const event of events) {
        expect(eventEnvelope.parse(event)).toMatchObject({ tenantId: tenant, schemaVersion: 1 });
        expect(() => eventDetails[event.type].parse(event.data)).not.toThrow();
      }
      expect(new Set(events.map(({ id: eventId }) => eventId)).size).toBe(5);
    });

    it('holds none for what had no effect', async () => {
      const request = { tenantId: tenant, actor: 'tester', idempotency: keyOf('k'), writes: [writeOf()] };
      await stores.memories.write(request);
      await drainAll();
      await stores.memories.write(request);
      await stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        writes: [writeOf({}, { kind: 'updated' })],
      });
      expect(await drainAll()).toEqual([]);
      expect(await stores.outbox.drain(10, acceptAll)).toEqual({ claimed: 0, published: 0 });
    });

    it('keeps what the bus did not accept, under the same ids', async () => {
      await applied(stores.memories, tenant, [writeOf(), writeOf(), writeOf()]);
      let offered: EventEnvelope[] = [];
      const result = await stores.outbox.drain(10, async (events) => {
        offered = events;
        return [events[1]!.id, 'not one of them'];
      });
      expect(result).toEqual({ claimed: 3, published: 1 });
      const left = await drainAll();
      expect(left.map(({ id }) => id).sort()).toEqual([offered[0]!.id, offered[2]!.id].sort());
    });

    it('keeps everything when publishing fails, and says so', async () => {
      await applied(stores.memories, tenant, [writeOf(), writeOf()]);
      const failure = new AppError('store_unavailable', 'The bus is away.', { retryable: true });
      await expect(
        stores.outbox.drain(10, async () => {
          throw failure;
        }),
      ).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
      expect(await drainAll()).toHaveLength(2);
    });

    it('claims no more than asked', async () => {
      await applied(stores.memories, tenant, [writeOf(), writeOf(), writeOf()]);
      expect(await stores.outbox.drain(2, acceptAll)).toEqual({ claimed: 2, published: 2 });
      expect(await stores.outbox.drain(2, acceptAll)).toEqual({ claimed: 1, published: 1 });
    });

    it('gives no event to two drains at once', async () => {
      await applied(
        stores.memories,
        tenant,
        Array.from({ length: 20 }, () => writeOf()),
      );
      const offered: string[] = [];
      const results = await Promise.all(
        Array.from({ length: 4 }, () =>
          stores.outbox.drain(10, async (events) => {
            offered.push(...events.map(({ id }) => id));
            await Promise.resolve();
            return acceptAll(events);
          }),
        ),
      );
      const rest = await drainAll();
      expect(new Set([...offered, ...rest.map(({ id }) => id)]).size).toBe(20);
      expect(offered.length + rest.length).toBe(20);
      expect(results.reduce((sum, { published }) => sum + published, 0)).toBe(offered.length);
    });
  });
}
