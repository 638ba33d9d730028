import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { newTenant, stored } from '../support/store-writes.ts';
import { type ServiceDatabase, serviceDatabase } from './support/service-database.ts';

let base: ServiceDatabase;
beforeAll(async () => {
  base = await serviceDatabase();
  await base.owner('create table public.counters (id int primary key, n int not null)');
  // takes two rows in the order given, so that two callers can take them crosswise
  await base.owner(`create function public.add_to(a int, b int) returns void language plpgsql as $$
    begin
      update public.counters set n = n + 1 where id = a;
      perform pg_sleep(0.3);
      update public.counters set n = n + 1 where id = b;
    end $$`);
  await base.owner('grant select, update on public.counters to strata_app');
});
afterAll(() => base.remove());

const reset = () =>
  base.owner('insert into public.counters values (1, 0), (2, 0) on conflict (id) do update set n = 0');
const counters = async () =>
  (await base.owner<{ n: number }>('select n from public.counters order by id')).map(({ n }) => n);
const unavailable = { name: 'AppError', code: 'store_unavailable', retryable: true };

/** Runs `work` while a session of another holds a lock. */
async function whileLocked<T>(lock: string, work: (unlock: () => Promise<void>) => Promise<T>): Promise<T> {
  const holder = new pg.Client({ connectionString: base.ownerUrl });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query(lock);
    return await work(async () => void (await holder.query('rollback')));
  } finally {
    await holder.end();
  }
}

describe('transactions that Postgres rolls back', () => {
  it('run again after a deadlock, each with one effect', async () => {
    await reset();
    const deadlocks = async () =>
      Number(
        (
          await base.owner<{ n: string }>(
            'select deadlocks as n from pg_stat_database where datname = current_database()',
          )
        )[0]!.n,
      );
    const before = await deadlocks();
    const db = base.connect();
    await Promise.all([
      db.query('t', 'select public.add_to(1, 2)'),
      db.query('t', 'select public.add_to(2, 1)'),
    ]);
    expect(await counters()).toEqual([2, 2]);
    await expect.poll(deadlocks, { timeout: 5_000 }).toBe(before + 1);
  });

  it('run again after a serialization failure, each with one effect', async () => {
    await reset();
    await base.owner(`alter role ${base.login} set default_transaction_isolation = 'repeatable read'`);
    const db = base.connect({ DATABASE_POOL_MAX: '2' });
    await Promise.all([
      db.query('t', 'select public.add_to(1, 2)'),
      db.query('t', 'select public.add_to(1, 2)'),
    ]);
    await base.owner(`alter role ${base.login} reset default_transaction_isolation`);
    expect(await counters()).toEqual([2, 2]);
  });

  it('are given up as retryable when a lock is not to be had', async () => {
    await reset();
    await base.owner(`alter role ${base.login} set lock_timeout = '100ms'`);
    const db = base.connect({ DATABASE_POOL_MAX: '3' });
    await whileLocked('update public.counters set n = 7 where id = 1', async () => {
      await expect(db.query('t', 'update public.counters set n = n + 1 where id = 1')).rejects.toMatchObject({
        ...unavailable,
        details: { rolledBack: true },
      });
    });
    await base.owner(`alter role ${base.login} reset lock_timeout`);
    expect(await counters()).toEqual([0, 0]);
  });
});

describe('statements that take too long', () => {
  const settings = { DATABASE_STATEMENT_TIMEOUT_MS: '200', DATABASE_POOL_MAX: '1' };

  it('are cancelled, and their connection serves nobody else in an unknown state', async () => {
    const db = base.connect(settings);
    await expect(db.query('t', 'select pg_sleep(20)')).rejects.toMatchObject(unavailable);
    expect(await db.query('t', 'select strata.current_tenant() as tenant')).toEqual([{ tenant: 't' }]);
    expect(await db.unscoped('select strata.current_tenant() as tenant')).toEqual([{ tenant: null }]);
  });

  it('leave nothing behind', async () => {
    const tenantId = newTenant();
    const memories = postgresMemoryStore(base.connect(settings));
    await whileLocked('lock table strata.outbox in access exclusive mode', async () => {
      await expect(stored(memories, tenantId, { externalId: 'late' })).rejects.toMatchObject(unavailable);
    });
    expect(await memories.resolve(tenantId, ['late'])).toEqual(new Map());
    expect((await stored(memories, tenantId, { externalId: 'late' })).version).toBe(1);
  });
});

describe('connections', () => {
  it('are refused to who would have to queue for them, and given again when they are free', async () => {
    const settings = {
      DATABASE_POOL_MAX: '5',
      DATABASE_CONNECT_TIMEOUT_MS: '3000',
      DATABASE_STATEMENT_TIMEOUT_MS: '20000',
    };
    const db = base.connect(settings);
    // they are open before anybody waits: opening one counts as waiting for it
    await Promise.all(Array.from({ length: 5 }, () => db.query('t', 'select pg_sleep(0.1)')));
    const wait = () => db.query('t', 'lock table public.counters in access share mode');
    await whileLocked('lock table public.counters in access exclusive mode', async (unlock) => {
      const all = Array.from({ length: 50 }, () => wait().then(() => 'done' as const));
      const settled = Promise.allSettled(all);
      let refused = 0;
      for (const call of all) call.catch(() => (refused += 1));
      // nothing is let go of yet: these are answered although the five in front of them are not
      await expect.poll(() => refused, { timeout: 10_000 }).toBe(45);
      await unlock();
      const results = await settled;
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject(unavailable);
      }
    });
    expect(await Promise.all(Array.from({ length: 50 }, () => db.query('t', 'select 1 as one')))).toEqual(
      Array(50).fill([{ one: 1 }]),
    );
  });

  it('that the server ends are replaced, and the statement on them fails as retryable', async () => {
    const db = base.connect({ DATABASE_POOL_MAX: '4' });
    await Promise.all(Array.from({ length: 4 }, () => db.query('t', 'select pg_sleep(0.05)')));
    const running = db.query('t', 'select pg_sleep(20)').catch((error: unknown) => error);
    const started = `select from pg_stat_activity
                     where usename = $1 and state = 'active' and query like '%pg_sleep(20)%'`;
    await expect.poll(() => base.owner(started, [base.login])).toHaveLength(1);
    await base.owner('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
      base.login,
    ]);
    expect(await running).toMatchObject(unavailable);
    // one that the pool has not seen going is still handed out, once
    await expect.poll(() => db.query('t', 'select 1 as one').catch(String)).toEqual([{ one: 1 }]);
  });

  it('that are not to be had on a full server are unavailable', async () => {
    await base.owner(`alter role ${base.login} connection limit 1`);
    const holder = new pg.Client({ connectionString: base.serviceUrl });
    try {
      await base.owner('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
        base.login,
      ]);
      await holder.connect();
      const db = base.connect({ DATABASE_POOL_MAX: '6' });
      await expect(db.query('t', 'select 1')).rejects.toMatchObject(unavailable);
      await holder.end();
      await expect.poll(() => db.query('t', 'select 1 as one').catch(String)).toEqual([{ one: 1 }]);
    } finally {
      await base.owner(`alter role ${base.login} connection limit -1`);
    }
  });
});
