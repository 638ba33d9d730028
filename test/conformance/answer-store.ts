import { beforeEach, describe, expect, it } from 'vitest';
import { keyOf, newTenant, writeOf } from '../support/store-writes.ts';
import type { MakeStores, Stores } from '../support/stores.ts';
import { tenantPairs } from './memory-store/tenants.ts';

/** What every store of answers must do; it shares its keys with the store of memories. */
export function describeAnswerStore(name: string, make: MakeStores): void {
  const created = { status: 201, body: { id: 'x', text: 'naïve \\u0000 "quoted"' } };

  describe(`AnswerStore: ${name}`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });
    const claim = (key: string, hash = 'a') =>
      stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        idempotency: keyOf(key, hash),
        writes: [writeOf()],
      });

    it('answers what was recorded, and nothing before', async () => {
      expect(await stores.answers.find(tenant, keyOf('k'))).toBeUndefined();
      expect(await stores.answers.record(tenant, keyOf('k'), created)).toEqual(created);
      expect(await stores.answers.find(tenant, keyOf('k'))).toEqual(created);
    });

    it('finds no answer under a key that a write has claimed and nobody answered', async () => {
      await claim('k');
      expect(await stores.answers.find(tenant, keyOf('k'))).toBeUndefined();
      await stores.answers.record(tenant, keyOf('k'), created);
      expect(await stores.answers.find(tenant, keyOf('k'))).toEqual(created);
      expect(await claim('k')).toMatchObject({ replayed: true });
    });

    it('lets the first answer stand', async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          stores.answers.record(tenant, keyOf('k'), { status: 200, body: { index } }),
        ),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(await stores.answers.find(tenant, keyOf('k'))).toEqual(answers[0]);
    });

    it('refuses the key of another request, to find and to record', async () => {
      await claim('k');
      const reused = { code: 'idempotency_key_reused', retryable: false };
      await expect(stores.answers.find(tenant, keyOf('k', 'b'))).rejects.toMatchObject(reused);
      await expect(stores.answers.record(tenant, keyOf('k', 'b'), created)).rejects.toMatchObject(reused);
      expect(await stores.answers.find(tenant, keyOf('k'))).toBeUndefined();
    });

    it('releases a key: it may be used for anything then', async () => {
      await claim('k');
      await stores.answers.record(tenant, keyOf('k'), created);
      await stores.answers.release(tenant, keyOf('k'));
      expect(await stores.answers.find(tenant, keyOf('k', 'b'))).toBeUndefined();
      expect(await claim('k', 'b')).toMatchObject({ replayed: false });
      await stores.answers.release(tenant, keyOf('never used'));
    });

    it('forgets after a day, and an old answer does not stand in the way of a new one', async () => {
      await stores.answers.record(tenant, keyOf('k'), created);
      await stores.elapse(tenant, 25 * 3_600);
      expect(await stores.answers.find(tenant, keyOf('k', 'b'))).toBeUndefined();
      const fresh = { status: 200, body: { fresh: true } };
      expect(await stores.answers.record(tenant, keyOf('k', 'b'), fresh)).toEqual(fresh);
      expect(await stores.answers.find(tenant, keyOf('k', 'b'))).toEqual(fresh);
    });

    it.each(tenantPairs)('keeps tenant %j apart from %j', async (one, other) => {
      await stores.answers.record(tenant + one, keyOf('k'), created);
      expect(await stores.answers.find(tenant + other, keyOf('k', 'b'))).toBeUndefined();
      await stores.answers.release(tenant + other, keyOf('k'));
      expect(await stores.answers.find(tenant + one, keyOf('k'))).toEqual(created);
    });
  });
}
