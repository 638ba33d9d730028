import { describe, expect, it } from 'vitest';
import { inMemoryOutbox } from '../../../shared/adapters/in-memory/outbox.ts';
import type { EventEnvelope } from '../../../shared/contracts/events.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import { storeMemory } from '../../../shared/memory/write/store-memory.ts';
import { promptRelay } from '../../../shared/replication/prompt-relay.ts';
import { memoryDeps, writer } from '../../support/memory-deps.ts';

/** A write in the outbox, and who listens. */
async function setUp(publish = async (events: EventEnvelope[]) => events.map(({ id }) => id)) {
  const deps = memoryDeps();
  const published: EventEnvelope[] = [];
  const looks: string[] = [];
  const listening = new Set<string>();
  const outbox = inMemoryOutbox(deps.state);
  const relay = promptRelay({
    outbox,
    eventBus: {
      publish: async (events) => {
        published.push(...events);
        return publish(events);
      },
    },
    socketConnections: {
      anyListening: async (tenantId) => {
        looks.push(tenantId);
        return listening.has(tenantId);
      },
    },
    clock: deps.clock,
    logger: silentLogger,
  });
  const write = () =>
    storeMemory(
      {
        content: 'The deploy failed',
        memoryType: 'semantic',
        metadata: {},
        extractEntities: false,
        consistency: 'eventual',
      },
      writer,
      deps,
    );
  await write();
  const waiting = async () => (await outbox.drain(100, async () => [])).claimed;
  return { relay, write, listening, looks, published, waiting, clock: deps.clock };
}

describe('promptRelay', () => {
  it('publishes what was written where somebody listens', async () => {
    const { relay, listening, published, waiting } = await setUp();
    listening.add(writer.tenantId);
    await relay(writer.tenantId);
    expect(published.map(({ type }) => type)).toEqual(['memory.stored']);
    expect(await waiting()).toBe(0);
  });

  it('leaves it to the relay where nobody does, and looks again when some time has passed', async () => {
    const { relay, listening, looks, published, waiting, clock } = await setUp();
    await relay(writer.tenantId);
    listening.add(writer.tenantId);
    await relay(writer.tenantId);
    expect([looks.length, published.length, await waiting()]).toEqual([1, 0, 1]);
    clock.advance(3);
    await relay(writer.tenantId);
    expect([looks.length, published.length, await waiting()]).toEqual([2, 1, 0]);
  });

  it.each([
    ['takes nothing', async () => [], 1],
    ['is away', () => Promise.reject(new Error('the bus is away')), 1],
    // it stays claimed until the bus answers or the transaction is ended
    ['does not answer', () => new Promise<never>(() => undefined), 0],
  ])('fails no write when the bus %s, and leaves the event', async (_name, publish, unclaimed) => {
    const { relay, listening, published, waiting } = await setUp(publish);
    listening.add(writer.tenantId);
    await relay(writer.tenantId);
    expect(published).toHaveLength(1);
    expect(await waiting()).toBe(unclaimed);
  });
});
