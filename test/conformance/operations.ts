import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../shared/kernel/ids.ts';
import { newTenant, stored } from '../support/store-writes.ts';
import type { MakeStores, Stores } from '../support/stores.ts';

const day = 86_400;

/** What every keeper of long operations must do. */
export function describeOperations(name: string, make: MakeStores): void {
  describe(`Operations: ${name}`, () => {
    let stores: Stores;
    let tenant: string;
    let memoryId: string;
    beforeEach(async () => {
      stores = make();
      tenant = newTenant();
      memoryId = (await stored(stores.memories, tenant)).id;
    });
    const begin = (kind: 'read' | 'restore') => stores.operations.begin(tenant, { kind, memoryId });
    const running = async () =>
      (await stores.operations.running(10_000)).filter(({ tenantId }) => tenantId === tenant);

    it('begins one of each kind for a memory, and answers the one under way', async () => {
      const { operation, created } = await begin('read');
      expect(created).toBe(true);
      expect(operation).toEqual({
        operationId: expect.any(String),
        kind: 'read',
        memoryId,
        status: 'running',
        createdAt: expect.stringMatching(/Z$/),
      });
      expect(await begin('read')).toEqual({ operation, created: false });
      expect((await begin('restore')).created).toBe(true);
      expect(await stores.operations.find(tenant, operation.operationId)).toEqual(operation);
      expect(await running()).toHaveLength(2);
    });

    it('ends once, and then another may begin', async () => {
      const { operationId } = (await begin('read')).operation;
      await stores.operations.finish(tenant, operationId);
      await stores.operations.finish(tenant, operationId, 'gone');
      expect(await stores.operations.find(tenant, operationId)).toMatchObject({
        status: 'succeeded',
        finishedAt: expect.stringMatching(/Z$/),
      });
      const next = await begin('read');
      expect(next.created).toBe(true);
      await stores.operations.finish(tenant, next.operation.operationId, 'gone');
      expect(await stores.operations.find(tenant, next.operation.operationId)).toMatchObject({
        status: 'failed',
        error: 'gone',
      });
      expect(await running()).toEqual([]);
    });

    it('is forgotten some days after its end, and not while it runs', async () => {
      const ended = (await begin('read')).operation.operationId;
      const under = (await begin('restore')).operation.operationId;
      await stores.operations.finish(tenant, ended);
      await stores.operations.expire(7);
      expect(await stores.operations.find(tenant, ended)).toBeDefined();
      await stores.elapse(tenant, 7 * day + 1);
      expect(await stores.operations.expire(7)).toBeGreaterThanOrEqual(1);
      expect(await stores.operations.find(tenant, ended)).toBeUndefined();
      expect(await stores.operations.find(tenant, under)).toBeDefined();
    });

    it('goes with its memory, and needs one', async () => {
      const { operationId } = (await begin('read')).operation;
      await stores.memories.erase({ tenantId: tenant, items: [{ id: memoryId }] });
      expect(await stores.operations.find(tenant, operationId)).toBeUndefined();
      await expect(begin('read')).rejects.toMatchObject({ code: 'not_found' });
    });

    it('is none of another tenant', async () => {
      const { operationId } = (await begin('read')).operation;
      expect(await stores.operations.find(`${tenant} `, operationId)).toBeUndefined();
      await stores.operations.finish(`${tenant} `, operationId);
      expect((await stores.operations.find(tenant, operationId))?.status).toBe('running');
      expect(await stores.operations.find(tenant, newId())).toBeUndefined();
    });
  });
}
