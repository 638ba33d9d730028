import { beforeEach, describe, expect, it } from 'vitest';
import { applied, keyOf, newTenant, stored, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';

export function describeIdempotentWrites(name: string, make: MakeStores): void {
  describe(`MemoryStore: ${name}: idempotency keys`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });
    const request = (key: string, content = 'once', hash = 'a') => ({
      tenantId: tenant,
      actor: 'tester',
      idempotency: keyOf(key, hash),
      writes: [writeOf({ content, externalId: 'x' })],
    });
    const versions = (id: string) => stores.memories.versions(tenant, id, { limit: 100 });

    it('answers the outcomes of the first write again, and writes nothing', async () => {
      const first = await stores.memories.write(request('k'));
      // a crash before the answer was recorded leaves just this: a claim with outcomes
      const again = await stores.memories.write(request('k', 'another derivation'));
      expect(again).toEqual({ outcomes: first.outcomes, replayed: true });
      const [outcome] = first.outcomes;
      expect(outcome).toMatchObject({ ok: true, version: 1 });
      expect(await versions(outcome!.ok ? outcome!.id : '')).toHaveLength(1);
    });

    it('has one effect and one answer however many come at once', async () => {
      const results = await Promise.all(
        Array.from({ length: 10 }, () => stores.memories.write(request('k'))),
      );
      expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
      const [first] = results;
      for (const { outcomes } of results) expect(outcomes).toEqual(first!.outcomes);
      const [outcome] = first!.outcomes;
      expect(await versions(outcome!.ok ? outcome!.id : '')).toHaveLength(1);
    });

    it('refuses the key with another request, and writes nothing', async () => {
      const { id } = (
        await applied(stores.memories, tenant, [writeOf({ externalId: 'x' })], {
          idempotency: keyOf('k', 'a'),
        })
      )[0]!;
      await expect(stores.memories.write(request('k', 'other', 'b'))).rejects.toMatchObject({
        code: 'idempotency_key_reused',
      });
      await expect(
        stores.memories.erase({ tenantId: tenant, idempotency: keyOf('k', 'c'), items: [{ id }] }),
      ).rejects.toMatchObject({ code: 'idempotency_key_reused' });
      expect(await versions(id)).toHaveLength(1);
    });

    it('keeps no claim for a write that did nothing, so that its repetition may succeed', async () => {
      const failing = {
        ...request('k'),
        writes: [writeOf({ externalId: 'x' }, { expectedVersion: 3 })],
      };
      expect((await stores.memories.write(failing)).outcomes).toMatchObject([{ code: 'version_conflict' }]);
      expect(await stores.memories.write(request('k'))).toMatchObject({
        replayed: false,
        outcomes: [{ ok: true, version: 1 }],
      });
    });

    it('keeps the failures of a batch that did something', async () => {
      const batch = {
        tenantId: tenant,
        actor: 'tester',
        idempotency: keyOf('k'),
        writes: [writeOf({ externalId: 'x' }), writeOf({ externalId: 'x' })],
      };
      const { outcomes } = await stores.memories.write(batch);
      expect(outcomes).toMatchObject([{ ok: true }, { code: 'external_id_conflict' }]);
      expect(await stores.memories.write(batch)).toEqual({ outcomes, replayed: true });
    });

    it('tells keys apart by every character, and tenants', async () => {
      const names = ['k', 'K', 'k ', "k'", 'k%', '\u00e9', 'e\u0301'];
      for (const key of names) {
        expect(await stores.memories.write(request(key))).toMatchObject({ replayed: false });
      }
      const other = { ...request('k', 'once', 'another request'), tenantId: newTenant() };
      expect(await stores.memories.write(other)).toMatchObject({ replayed: false });
    });

    it('honours a key for a day', async () => {
      await stores.memories.write(request('k'));
      await stores.elapse(tenant, 23 * 3_600);
      expect(await stores.memories.write(request('k'))).toMatchObject({ replayed: true });
      await stores.elapse(tenant, 2 * 3_600);
      expect(await stores.memories.write(request('k', 'anew', 'b'))).toMatchObject({
        replayed: false,
        outcomes: [{ ok: true, version: 2 }],
      });
    });

    it('erases once under a key', async () => {
      const { id } = await stored(stores.memories, tenant);
      const erase = () =>
        stores.memories.erase({ tenantId: tenant, idempotency: keyOf('k'), items: [{ id }] });
      const first = await erase();
      expect(first).toMatchObject({ replayed: false, outcomes: [{ ok: true, id, version: 2 }] });
      expect(await erase()).toEqual({ ...first, replayed: true });
    });
  });
}
