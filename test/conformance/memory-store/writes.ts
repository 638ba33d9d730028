import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../shared/kernel/ids.ts';
import type { MemoryState } from '../../../shared/memory/model.ts';
import { applied, newTenant, stateWith, stored, writeOf } from '../../support/store-writes.ts';
import type { MakeStores, Stores } from '../../support/stores.ts';
import { everyField, hostileTexts } from './texts.ts';

export function describeWrites(name: string, make: MakeStores): void {
  describe(`MemoryStore: ${name}: writes`, () => {
    let stores: Stores;
    let tenant: string;
    beforeEach(() => {
      stores = make();
      tenant = newTenant();
    });
    const read = async (id: string) => (await stores.memories.get(tenant, [id], { uncounted: true }))[0];

    it('answers a memory as it was written, at version 1', async () => {
      const state = stateWith(everyField('plain'));
      const [outcome] = await applied(stores.memories, tenant, [writeOf(state)]);
      expect(outcome).toMatchObject({ id: state.id, version: 1, created: true, relationships: [] });
      expect(await read(state.id)).toEqual({
        ...state,
        tier: 'warm',
        version: 1,
        createdAt: outcome!.writtenAt,
        updatedAt: outcome!.writtenAt,
        accessCount: 0,
      });
    });

    it('leaves out what is absent', async () => {
      const { id } = await stored(stores.memories, tenant);
      expect(Object.keys((await read(id))!).sort()).toEqual(
        [...Object.keys(stateWith()), 'tier', 'version', 'createdAt', 'updatedAt', 'accessCount'].sort(),
      );
    });

    it.each(hostileTexts)('keeps %j in every field of text, code point by code point', async (text) => {
      const state = stateWith(everyField(text));
      await applied(stores.memories, tenant, [writeOf(state)]);
      expect(await read(state.id)).toMatchObject(state);
    });

    it.each([
      ['a NUL', 'a\0b'],
      ['a lone surrogate', 'a\ud800b'],
    ])('refuses %s and writes nothing', async (_what, text) => {
      const good = writeOf();
      const request = { tenantId: tenant, actor: 'tester', writes: [good, writeOf({ summary: text })] };
      await expect(stores.memories.write(request)).rejects.toMatchObject({
        code: 'validation_failed',
        retryable: false,
      });
      expect(await read(good.state.id)).toBeUndefined();
    });

    it('brings a memory with the same external id to the new state as its next version', async () => {
      const first = await stored(stores.memories, tenant, {
        externalId: 'order/1',
        domain: 'sales',
        tags: ['a'],
      });
      const second = await stored(stores.memories, tenant, { externalId: 'order/1', content: 'new' });
      expect(second).toMatchObject({ id: first.id, version: 2, created: false });
      const memory = await read(first.id);
      expect(memory).toMatchObject({ id: first.id, content: 'new', tags: [], createdAt: first.writtenAt });
      expect(memory).not.toHaveProperty('domain');
    });

    it('raises the version by one with each effect', async () => {
      const { id } = await stored(stores.memories, tenant);
      const kinds = ['updated', 'related', 'stored', 'deleted'] as const;
      for (const [index, kind] of kinds.entries()) {
        const deletedAt = kind === 'deleted' ? '2026-02-01T00:00:00.000Z' : undefined;
        const outcome = await stored(
          stores.memories,
          tenant,
          { id, ...(deletedAt && { deletedAt }) },
          { kind },
        );
        expect(outcome.version).toBe(index + 2);
      }
      const versions = await stores.memories.versions(tenant, id, { limit: 10 });
      expect(versions.map(({ version, operation }) => [version, operation])).toEqual([
        [5, 'deleted'],
        [4, 'updated'],
        [3, 'related'],
        [2, 'updated'],
        [1, 'created'],
      ]);
    });

    it('fails a write at another version than expected, and says which one there is', async () => {
      const { id } = await stored(stores.memories, tenant);
      const { outcomes } = await stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        writes: [writeOf({ id, content: 'late' }, { kind: 'updated', expectedVersion: 7 })],
      });
      expect(outcomes).toMatchObject([
        { ok: false, code: 'version_conflict', details: { currentVersion: 1 } },
      ]);
      expect(await read(id)).toMatchObject({ version: 1, content: stateWith().content });
    });

    it('takes expected version 0 to mean that there is none', async () => {
      expect(
        await stored(stores.memories, tenant, { externalId: 'x' }, { expectedVersion: 0 }),
      ).toMatchObject({
        created: true,
      });
      const { outcomes } = await stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        writes: [writeOf({ externalId: 'x' }, { expectedVersion: 0 })],
      });
      expect(outcomes).toMatchObject([{ ok: false, code: 'version_conflict' }]);
    });

    it('changes neither what is not there nor what is deleted, but stores over the latter', async () => {
      const deletedAt = '2026-02-01T00:00:00.000Z';
      const { id } = await stored(stores.memories, tenant, { externalId: 'x', deletedAt });
      const { outcomes } = await stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        writes: [writeOf({}, { kind: 'updated' }), writeOf({ id }, { kind: 'related' })],
      });
      expect(outcomes).toMatchObject([
        { ok: false, code: 'not_found' },
        { ok: false, code: 'gone' },
      ]);
      expect(await stored(stores.memories, tenant, { externalId: 'x' })).toMatchObject({ id, version: 2 });
      expect(await read(id)).not.toHaveProperty('deletedAt');
    });

    it('lets each item of a batch succeed or fail by itself, in the order given', async () => {
      const known = await stored(stores.memories, tenant, { externalId: 'known' });
      const writes: { state: Partial<MemoryState>; expectedVersion?: number }[] = [
        { state: { content: 'first' } },
        { state: { externalId: 'known', content: 'stale' }, expectedVersion: 9 },
        { state: { externalId: 'twice', content: 'one' } },
        { state: { externalId: 'twice', content: 'two' } },
        { state: { id: known.id, content: 'the same as the second' } },
        { state: { content: 'last' } },
      ];
      const { outcomes, replayed } = await stores.memories.write({
        tenantId: tenant,
        actor: 'tester',
        writes: writes.map(({ state, ...options }) => writeOf(state, options)),
      });
      expect(replayed).toBe(false);
      expect(outcomes.map((outcome) => (outcome.ok ? outcome.version : outcome.code))).toEqual([
        1,
        'version_conflict',
        1,
        'external_id_conflict',
        'external_id_conflict',
        1,
      ]);
      const ids = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.id] : []));
      const found = await stores.memories.get(tenant, ids, { uncounted: true });
      expect(found.map(({ content }) => content)).toEqual(['first', 'one', 'last']);
      expect(await read(known.id)).toMatchObject({ version: 1 });
    });

    it('answers no outcomes for no writes', async () => {
      const request = { tenantId: tenant, actor: 'tester', writes: [] };
      expect(await stores.memories.write(request)).toEqual({ outcomes: [], replayed: false });
    });

    it('keeps who changed a memory and why with every version, and what it was', async () => {
      const { id, writtenAt } = await stored(stores.memories, tenant, { content: 'one', importance: 0.3 });
      const changed = writeOf({ id, content: { two: 2 } }, { kind: 'updated', reason: 'a typo' });
      await applied(stores.memories, tenant, [changed], { actor: 'Zoë <zoe>' });
      const [newest, oldest, ...rest] = await stores.memories.versions(tenant, id, { limit: 10 });
      expect(rest).toEqual([]);
      expect(newest).toMatchObject({
        changedBy: 'Zoë <zoe>',
        reason: 'a typo',
        memory: { content: { two: 2 } },
      });
      expect(oldest).toMatchObject({
        changedBy: 'tester',
        changedAt: writtenAt,
        memory: { content: 'one', importance: 0.3 },
      });
      expect(oldest).not.toHaveProperty('reason');
      expect(newest!.memory.createdAt).toBe(writtenAt);
      expect(await stores.memories.atVersion(tenant, id, 1)).toEqual(oldest!.memory);
      expect(await stores.memories.atVersion(tenant, id, 3)).toBeUndefined();
      expect(await stores.memories.atVersion(tenant, newId(), 1)).toBeUndefined();
    });

    it('gives one of several writers at once each version', async () => {
      const { id } = await stored(stores.memories, tenant);
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          stores.memories.write({
            tenantId: tenant,
            actor: 'tester',
            writes: [writeOf({ id, content: `writer ${index}` }, { kind: 'updated', expectedVersion: 1 })],
          }),
        ),
      );
      const outcomes = results.flatMap((result) => result.outcomes);
      expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
      expect(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'version_conflict')).toHaveLength(
        9,
      );
      expect(await stores.memories.versions(tenant, id, { limit: 20 })).toHaveLength(2);
    });

    it('makes one memory of an external id that several writers bring at once', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          stored(stores.memories, tenant, { externalId: 'shared', content: `writer ${index}` }),
        ),
      );
      expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
      expect(outcomes.map(({ version }) => version).sort((a, b) => a - b)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ]);
      expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    });

    it('shares no object with its callers', async () => {
      const write = writeOf({ metadata: { list: [1] }, tags: ['a'] });
      await applied(stores.memories, tenant, [write]);
      write.state.tags.push('changed');
      (await read(write.state.id))!.tags.push('changed');
      expect(await read(write.state.id)).toMatchObject({ tags: ['a'], metadata: { list: [1] } });
    });
  });
}
