import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { database } from '../../shared/adapters/postgres/database.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { migrate, migrationsDirectory } from '../../shared/adapters/postgres/migrate.ts';
import { endPools, poolFor, postgresConfig } from '../../shared/adapters/postgres/pool.ts';
import { postgresTenantLimits } from '../../shared/adapters/postgres/tenant-limits.ts';
import { defaultTenantLimits } from '../../shared/contracts/tenant-limits.ts';
import { isAppError } from '../../shared/kernel/app-error.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { dropDatabase } from '../support/drop-database.ts';
import { patientConnections } from '../support/postgres.ts';
import { newTenant, writeOf } from '../support/store-writes.ts';
import { type ServiceDatabase, serviceDatabase } from './support/service-database.ts';

let service: ServiceDatabase;
beforeAll(async () => {
  service = await serviceDatabase();
});
afterAll(() => service.remove());

const writers = 20;
const connect = () => service.connect({ DATABASE_POOL_MAX: String(writers) });

async function counted(tenant: string) {
  const [recount] = await service.owner<{ kept: number; counters: number }>(
    `select (select count(*)::int from strata.memories where tenant_id = $1 and deleted_at is null) as kept,
       (select count(*)::int from strata.tenant_usage where tenant_id = $1) as counters`,
    [tenant],
  );
  const { memoriesKept } = await postgresTenantLimits(connect(), defaultTenantLimits).standingOf(tenant);
  return { ...recount, memoriesKept };
}

it('counters equal a recount after writers, deleters and erasers at once', async () => {
  const tenant = newTenant();
  const memories = postgresMemoryStore(connect(), 1_000_000);
  const names = Array.from({ length: 30 }, (_, n) => `memory ${n}`);
  let refused = 0;
  /** One of many who do as they like with the same memories; who comes too late is told so. */
  const writer = async (seed: number) => {
    for (let round = 0; round < 25; round += 1) {
      const externalId = names[(seed * 7 + round * 11) % names.length] ?? '';
      const id = (await memories.resolve(tenant, [externalId])).get(externalId);
      const deed = (seed + round) % 4;
      const state = { externalId, ...(id && { id }) };
      const write =
        deed === 2 && id
          ? writeOf({ ...state, deletedAt: '2026-01-01T00:00:00.000Z' }, { kind: 'deleted' })
          : writeOf(state);
      const others = deed === 0 ? [writeOf()] : [];
      try {
        if (deed === 3 && id) await memories.erase({ tenantId: tenant, items: [{ id }] });
        else await memories.write({ tenantId: tenant, actor: 'tester', writes: [write, ...others] });
      } catch (error) {
        if (!isAppError(error) || error.code !== 'store_unavailable') throw error;
        refused += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, seed) => writer(seed)));
  const { kept, counters, memoriesKept } = await counted(tenant);
  expect(memoriesKept).toBe(kept);
  expect(kept).toBeGreaterThan(0);
  expect(counters).toBeLessThanOrEqual(writers);
  expect(refused).toBeLessThan(writers * 25);
}, 60_000);

it('a quota is exact however many write at once', async () => {
  const tenant = newTenant();
  const quota = 57;
  const memories = postgresMemoryStore(connect(), quota);
  const batches = Array.from({ length: writers }, () => Array.from({ length: 5 }, () => writeOf()));
  const results = await Promise.all(
    batches.map((writes) => memories.write({ tenantId: tenant, actor: 'tester', writes })),
  );
  const outcomes = results.flatMap((result) => result.outcomes);
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(quota);
  expect(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'quota_exceeded')).toHaveLength(
    writers * 5 - quota,
  );
  expect(await counted(tenant)).toMatchObject({ kept: quota, memoriesKept: quota });
});

it('no writer waits for another one to count', async () => {
  const tenant = newTenant();
  const memories = postgresMemoryStore(connect(), 1_000_000);
  await memories.write({ tenantId: tenant, actor: 'tester', writes: [writeOf()] });
  const count = 'select strata.count_kept(strata.current_tenant(), 1)';
  await connect().transaction(async (run) => {
    await run("select set_config('app.tenant', $1, true)", [tenant]);
    await run(count);
    // the one counter that there was is held until this transaction ends, which waits for the other writer
    await memories.write({ tenantId: tenant, actor: 'tester', writes: [writeOf()] });
  });
  expect(await counted(tenant)).toEqual({ kept: 2, counters: 2, memoriesKept: 3 });
});

it('what was there before the counters is counted by the migration', async () => {
  const before = await mkdtemp(join(tmpdir(), 'strata-migrations-'));
  const name = `strata_test_${newId().replaceAll('-', '')}`;
  const url = new URL(service.ownerUrl);
  url.pathname = name;
  await service.owner(`create database ${name}`);
  try {
    const files = (await readdir(migrationsDirectory())).filter((file) => file < '0030');
    await Promise.all(files.map((file) => copyFile(join(migrationsDirectory(), file), join(before, file))));
    await migrate({ connectionString: url.href, directory: before });
    const owner = database(poolFor(postgresConfig.parse({ DATABASE_URL: url.href, ...patientConnections })));
    const writes = JSON.stringify([writeOf(), writeOf(), writeOf({ deletedAt: '2026-01-01T00:00:00.000Z' })]);
    for (const tenant of ['1', '10', '1']) {
      await owner.unscoped('select strata.write_memories($1, $2, null, null, $3)', [tenant, 'old', writes]);
    }
    await rm(before, { recursive: true });

    await migrate({ connectionString: url.href });
    const usage = await owner.unscoped(
      'select tenant_id, memories_kept::int from strata.tenant_usage order by 1',
    );
    expect(usage).toEqual([
      { tenant_id: '1', memories_kept: 2 },
      { tenant_id: '10', memories_kept: 2 },
    ]);
  } finally {
    await endPools();
    await dropDatabase(service.owner, name);
  }
});
