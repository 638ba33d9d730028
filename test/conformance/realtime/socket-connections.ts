import { describe, expect, it } from 'vitest';
import { limits } from '../../../shared/contracts/limits.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import { type MakeRealtimeStores, someConnection, someStreamEvent } from '../../support/realtime-stores.ts';

const tenant = () => `tenant-${newId()}`;

/** What every store of connections must do. Tenants are named anew by each test, so that a store may be shared. */
export function describeSocketConnections(name: string, make: MakeRealtimeStores): void {
  describe(`SocketConnections: ${name}`, () => {
    it('finds a connection by its id alone, as it was opened', async () => {
      const { socketConnections } = make();
      const connection = someConnection(tenant());
      await socketConnections.open(connection);
      await socketConnections.open(someConnection(tenant()));
      expect(await socketConnections.find(connection.connectionId)).toEqual(connection);
      expect(await socketConnections.find('%')).toBeUndefined();
    });

    it('keeps what a service calls itself', async () => {
      const { socketConnections } = make();
      const connection = someConnection(tenant());
      const { tenantId, connectionId } = connection;
      await socketConnections.open(connection);
      await socketConnections.identify(tenantId, connectionId, { serviceId: 'first' });
      const { subscribed } = await socketConnections.identify(tenantId, connectionId, {
        serviceId: 'indexer',
        filter: {},
      });
      expect(subscribed).toBe(true);
      expect(await socketConnections.find(connectionId)).toEqual({ ...connection, serviceId: 'indexer' });
    });

    it('lists the others, all or those of a service, and none of another tenant', async () => {
      const { socketConnections } = make();
      const [mine, theirs] = [tenant(), tenant()];
      const all = [someConnection(mine), someConnection(mine), someConnection(mine)] as const;
      const foreign = someConnection(theirs);
      for (const connection of [...all, foreign]) {
        await socketConnections.open(connection);
        await socketConnections.identify(connection.tenantId, connection.connectionId, {
          serviceId: connection === all[2] ? 'other' : 'indexer',
        });
      }
      const [own, twin, other] = all.map(({ connectionId }) => connectionId);
      expect((await socketConnections.others(mine, own!)).sort()).toEqual([twin, other].sort());
      expect(await socketConnections.others(mine, own!, 'indexer')).toEqual([twin]);
      expect(await socketConnections.others(mine, own!, 'nobody')).toEqual([]);
    });

    it('knows whether anybody of the tenant hears events', async () => {
      const { socketConnections, elapse } = make();
      const soon = new Date(Date.now() + 60_000).toISOString();
      const { tenantId, connectionId, ...rest } = someConnection(tenant(), { expiresAt: soon });
      const listening = () => socketConnections.anyListening(tenantId);
      await socketConnections.open({ tenantId, connectionId, ...rest });
      expect(await listening()).toBe(false);
      await socketConnections.subscribe(tenantId, connectionId, { filter: {}, limit: 1 });
      expect(await listening()).toBe(true);
      expect(await socketConnections.anyListening(tenant())).toBe(false);
      await socketConnections.unsubscribe(tenantId, connectionId);
      expect(await listening()).toBe(false);
      await socketConnections.identify(tenantId, connectionId, { serviceId: 'indexer', filter: {} });
      expect(await listening()).toBe(true);
      await elapse(tenantId, 100);
      expect(await listening()).toBe(false);
    });

    it('forgets connections of the tenant alone', async () => {
      const { socketConnections } = make();
      const [mine, theirs] = [someConnection(tenant()), someConnection(tenant())];
      await socketConnections.open(mine);
      await socketConnections.open(theirs);
      await socketConnections.forget(mine.tenantId, [mine.connectionId, theirs.connectionId, 'unknown']);
      expect(await socketConnections.find(mine.connectionId)).toBeUndefined();
      expect(await socketConnections.find(theirs.connectionId)).toEqual(theirs);
    });

    it("changes nothing of another tenant's connection, and says that it is not known", async () => {
      const { socketConnections, eventStream } = make();
      const theirs = someConnection(tenant());
      await socketConnections.open(theirs);
      const mine = tenant();
      const gone = { code: 'gone' };
      const subscribing = socketConnections.subscribe(mine, theirs.connectionId, { filter: {}, limit: 1 });
      await expect(subscribing).rejects.toMatchObject(gone);
      await expect(
        socketConnections.identify(mine, theirs.connectionId, { serviceId: 'x', filter: {} }),
      ).rejects.toMatchObject(gone);
      expect(await socketConnections.find(theirs.connectionId)).toEqual(theirs);
      expect((await eventStream.append(theirs.tenantId, someStreamEvent()))?.awaiting).toEqual([]);
    });

    it('takes as many connections of a tenant as it may have, and one more when one has gone', async () => {
      const { socketConnections } = make();
      const tenantId = tenant();
      const all = Array.from({ length: limits.connectionsPerTenant }, () => someConnection(tenantId));
      await Promise.all(all.map((connection) => socketConnections.open(connection)));
      const late = someConnection(tenantId);
      await expect(socketConnections.open(late)).rejects.toMatchObject({ code: 'too_many_connections' });
      await socketConnections.open(someConnection(tenant()));
      await socketConnections.forget(tenantId, [all[0]!.connectionId]);
      await socketConnections.open(late);
      expect(await socketConnections.find(late.connectionId)).toEqual(late);
    });

    it('says which connections are to end, with their token or because an event did not reach them', async () => {
      const { socketConnections, eventStream, elapse } = make();
      const tenantId = tenant();
      const soon = new Date(Date.now() + 60_000).toISOString();
      const [short, lost, fine] = [
        someConnection(tenantId, { expiresAt: soon }),
        someConnection(tenantId),
        someConnection(tenantId),
      ] as const;
      for (const { connectionId, ...connection } of [short, lost, fine]) {
        await socketConnections.open({ ...connection, connectionId });
        await socketConnections.subscribe(tenantId, connectionId, { filter: {}, limit: 1 });
      }
      const event = someStreamEvent();
      await eventStream.append(tenantId, event);
      await eventStream.finish(tenantId, event.id, { unreached: [lost.connectionId], gone: [] });
      const overdue = async () =>
        (await socketConnections.overdue(1_000)).filter((connection) => connection.tenantId === tenantId);
      expect(await overdue()).toEqual([]);
      await elapse(tenantId, 700);
      const found = await overdue();
      expect(found).toHaveLength(2);
      expect(found).toEqual(
        expect.arrayContaining([
          { tenantId, connectionId: short.connectionId, reason: 'expired' },
          { tenantId, connectionId: lost.connectionId, reason: 'unreached' },
        ]),
      );
      expect(await socketConnections.others(tenantId, fine.connectionId)).toEqual([lost.connectionId]);
    });
  });
}
