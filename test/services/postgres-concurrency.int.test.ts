import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { postgresOutbox } from '../../shared/adapters/postgres/outbox.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { MemoryStore } from '../../shared/memory/ports.ts';
import type { Outbox } from '../../shared/replication/ports.ts';
import { applied, keyOf, newTenant, stored, writeOf } from '../support/store-writes.ts';
import { type ServiceDatabase, serviceDatabase } from './support/service-database.ts';

const writers = 20;
const each = <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: writers }, (_, index) => work(index)));

let base: ServiceDatabase;
let memories: MemoryStore;
let outbox: Outbox;
beforeAll(async () => {
  base = await serviceDatabase();
  const db = base.connect({ DATABASE_POOL_MAX: '20' });
  memories = postgresMemoryStore(db);
  outbox = postgresOutbox(db);
});
afterAll(() => base.remove());

const countOf = async (table: string, tenantId: string): Promise<number> =>
  (
    await base.owner<{ n: number }>(`select count(*)::int as n from strata.${table} where tenant_id = $1`, [
      tenantId,
    ])
  )[0]!.n;

describe('writers that meet', () => {
  it('have one effect under one idempotency key, and all get its outcome', async () => {
    const tenantId = newTenant();
    const results = await each(() =>
      memories.write({ tenantId, actor: 'tester', idempotency: keyOf('once'), writes: [writeOf()] }),
    );
    const first = results.find((result) => !result.replayed)!;
    expect(results.filter((result) => !result.replayed)).toEqual([first]);
    for (const result of results) expect(result.outcomes).toEqual(first.outcomes);
    expect(await countOf('memories', tenantId)).toBe(1);
    expect(await countOf('memory_versions', tenantId)).toBe(1);
    expect(await countOf('outbox', tenantId)).toBe(1);
  });

  it('refuse another request under the key, whichever came first', async () => {
    const tenantId = newTenant();
    const results = await Promise.allSettled(
      Array.from({ length: writers }, (_, index) =>
        memories.write({
          tenantId,
          actor: 'tester',
          idempotency: keyOf('same', index % 2 ? 'odd' : 'even'),
          writes: [writeOf()],
        }),
      ),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(writers / 2);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'idempotency_key_reused' });
    expect(await countOf('memories', tenantId)).toBe(1);
  });

  it('give a memory one version each, with none left out', async () => {
    const tenantId = newTenant();
    const { id } = await stored(memories, tenantId);
    const outcomes = await each((index) => stored(memories, tenantId, { id, content: `by ${index}` }));
    const versions = outcomes.map(({ version }) => version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: writers }, (_, index) => index + 2));
    const history = await memories.versions(tenantId, id, { limit: 50 });
    const contents = new Set(history.map(({ memory }) => memory.content));
    expect(contents.size).toBe(writers + 1);
  });

  it('let one of them have the version that all of them expect', async () => {
    const tenantId = newTenant();
    const { id } = await stored(memories, tenantId);
    const outcomes = await each(async (index) => {
      const write = writeOf({ id, content: `by ${index}` }, { expectedVersion: 1 });
      return (await memories.write({ tenantId, actor: 'tester', writes: [write] })).outcomes[0]!;
    });
    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'version_conflict')).toHaveLength(
      writers - 1,
    );
  });

  it.each([
    ['one external id', () => ({ externalId: 'ticket-7' })],
    ['one id that is new to all', (id: string) => ({ id })],
  ])('make one memory of %s, one version each', async (_, fields) => {
    for (let round = 0; round < 5; round += 1) {
      const tenantId = newTenant();
      const id = newId();
      const outcomes = await each(() => stored(memories, tenantId, fields(id)));
      expect(new Set(outcomes.map((outcome) => outcome.id)).size).toBe(1);
      expect(await countOf('memories', tenantId)).toBe(1);
      expect(await countOf('memory_versions', tenantId)).toBe(writers);
      expect(outcomes.map(({ version }) => version).sort((one, other) => one - other)).toEqual(
        Array.from({ length: writers }, (_, index) => index + 1),
      );
    }
  });

  it('of whole batches with the same new external ids make each of them once', async () => {
    const tenantId = newTenant();
    const names = Array.from({ length: 6 }, (_, index) => `ticket-${index}`);
    await each((index) => {
      const turned = [...names.slice(index % 6), ...names.slice(0, index % 6)];
      return applied(
        memories,
        tenantId,
        turned.map((externalId) => writeOf({ externalId })),
      );
    });
    expect(await countOf('memories', tenantId)).toBe(names.length);
    expect(await countOf('memory_versions', tenantId)).toBe(names.length * writers);
  });

  it('do not lock each other out, in whatever order they name the same memories', async () => {
    const tenantId = newTenant();
    const ids = Array.from({ length: 10 }, newId);
    await applied(
      memories,
      tenantId,
      ids.map((id) => writeOf({ id })),
    );
    await each((index) => {
      const turned = [...ids.slice(index % 10), ...ids.slice(0, index % 10)];
      const order = index % 2 ? turned.reverse() : turned;
      return applied(
        memories,
        tenantId,
        order.map((id) => writeOf({ id, content: `by ${index}` })),
      );
    });
    const found = await memories.get(tenantId, ids);
    expect(found.map(({ version }) => version)).toEqual(ids.map(() => writers + 1));
  });

  it('count every one of many reads at once', async () => {
    const tenantId = newTenant();
    const { id } = await stored(memories, tenantId);
    await each(() => memories.get(tenantId, [id]));
    const [memory] = await memories.get(tenantId, [id], { uncounted: true });
    expect(memory?.accessCount).toBe(writers);
  });
});

describe('relays that share an outbox', () => {
  const relays = 5;

  it('never hold the same event, and between them publish all', async () => {
    const tenantId = newTenant();
    await outbox.drain(10_000, async (events) => events.map(({ id }) => id));
    await applied(
      memories,
      tenantId,
      Array.from({ length: 100 }, () => writeOf()),
    );
    const everybodyHasSome = Promise.withResolvers<void>();
    const held: string[][] = [];
    const drained = await Promise.all(
      Array.from({ length: relays }, () =>
        outbox.drain(20, async (events) => {
          held.push(events.map(({ id }) => id));
          if (held.length === relays) everybodyHasSome.resolve();
          await everybodyHasSome.promise;
          return events.map(({ id }) => id);
        }),
      ),
    );
    expect(drained).toEqual(Array(relays).fill({ claimed: 20, published: 20 }));
    expect(new Set(held.flat()).size).toBe(100);
    expect(await countOf('outbox', tenantId)).toBe(0);
  });

  it('leave to others what they gave up', async () => {
    const tenantId = newTenant();
    await applied(
      memories,
      tenantId,
      Array.from({ length: 10 }, () => writeOf()),
    );
    const broken = outbox.drain(10, async () => {
      throw new Error('the relay ends here');
    });
    await expect(broken).rejects.toMatchObject({ name: 'AppError' });
    expect(await outbox.drain(10, async (events) => events.map(({ id }) => id))).toEqual({
      claimed: 10,
      published: 10,
    });
  });
});
