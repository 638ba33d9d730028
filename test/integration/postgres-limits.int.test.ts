import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { postgresTenantLimits } from '../../shared/adapters/postgres/tenant-limits.ts';
import { defaultTenantLimits } from '../../shared/contracts/tenant-limits.ts';
import type { MemoryStore } from '../../shared/memory/ports.ts';
import { describeTenantLimits } from '../conformance/tenant-limits.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { newTenant, writeOf } from '../support/store-writes.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

describeTenantLimits('Postgres', () => ({
  store: postgresTenantLimits(postgres.db, defaultTenantLimits),
  memories: postgresMemoryStore(postgres.db),
  override: async (tenant, limits) => {
    const { requests, 'memories-written': written, 'memories-kept': kept } = limits;
    await postgres.asOwner((db) =>
      db.unscoped(
        `insert into strata.tenant_limits values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id) do update set memories_kept = excluded.memories_kept`,
        [tenant, requests.perSecond, requests.burst, written.perSecond, written.burst, kept],
      ),
    );
  },
}));

describe('a tenant', () => {
  it.each(['insert into strata.tenant_limits (tenant_id, memories_kept) values ($1, 1)'])(
    'cannot choose its own limits: %s',
    async (sql) => {
      const tenant = newTenant();
      await expect(postgres.db.query(tenant, sql, [tenant])).rejects.toMatchObject({
        cause: { code: '42501' },
      });
    },
  );

  it('cannot change its own limits', async () => {
    const tenant = newTenant();
    await postgres.asOwner((db) =>
      db.unscoped('insert into strata.tenant_limits (tenant_id, memories_kept) values ($1, 1)', [tenant]),
    );
    for (const sql of [
      'update strata.tenant_limits set memories_kept = 2',
      'delete from strata.tenant_limits',
    ]) {
      await expect(postgres.db.query(tenant, sql)).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  });

  it('is bound by the quota that the operator chose, in the place of the default', async () => {
    const tenant = newTenant();
    await postgres.asOwner((db) =>
      db.unscoped('insert into strata.tenant_limits (tenant_id, memories_kept) values ($1, 1)', [tenant]),
    );
    const memories = postgresMemoryStore(postgres.db, 1_000_000);
    const writes = [writeOf(), writeOf()];
    const { outcomes } = await memories.write({ tenantId: tenant, actor: 'tester', writes });
    expect(outcomes).toMatchObject([{ ok: true }, { code: 'quota_exceeded' }]);
  });

  it('is counted by the version of the service before, which knows no quota', async () => {
    const tenant = newTenant();
    const request = JSON.stringify([writeOf()]);
    await postgres.db.unscoped('select strata.write_memories($1, $2, null, null, $3)', [
      tenant,
      'old',
      request,
    ]);
    const { memoriesKept } = await postgresTenantLimits(postgres.db, defaultTenantLimits).standingOf(tenant);
    expect(memoriesKept).toBe(1);
  });
});

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const step = fc.oneof(
  fc.record({ kind: fc.constant('store'), names: fc.uniqueArray(names, { minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constantFrom('delete', 'erase', 'update'), names: names.map((name) => [name]) }),
);

async function play(
  memories: MemoryStore,
  tenantId: string,
  { kind, names }: { kind: string; names: string[] },
) {
  const ids = new Map<string, string>();
  const page = await memories.query(tenantId, {
    scope: {},
    sort: [{ field: 'createdAt', order: 'asc' }],
    limit: 100,
    includeDeleted: true,
  });
  for (const { id, externalId } of page.memories) ids.set(externalId ?? '', id);
  const write = (fields: object, options: object = {}) =>
    memories.write({
      tenantId,
      actor: 'tester',
      writes: names.map((externalId) => {
        const id = ids.get(externalId);
        return writeOf({ externalId, ...(id && { id }), ...fields }, options);
      }),
    });
  if (kind === 'store') await write({});
  else if (kind === 'update') await write({ summary: 'other' }, { kind: 'updated' });
  else if (kind === 'delete') await write({ deletedAt: '2026-01-01T00:00:00.000Z' }, { kind: 'deleted' });
  else
    await memories.erase({
      tenantId,
      items: names.map((name) => ({ id: ids.get(name) ?? writeOf().state.id })),
    });
}

it('whatever is done, the counters equal a recount and stay within the quota', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 6 }),
      async (steps, quota) => {
        const tenant = newTenant();
        const memories = postgresMemoryStore(postgres.db, quota);
        for (const each of steps) {
          await play(memories, tenant, each);
          const [row] = await postgres.db.query<{ counted: string; ledger: string; kept: string }>(
            tenant,
            `select (select coalesce(sum(memories_kept), 0) from strata.tenant_usage) as counted,
               (select count(*) from strata.memory_sync where not deleted) as ledger,
               (select count(*) from strata.memories where deleted_at is null) as kept`,
          );
          expect([row?.counted, row?.ledger]).toEqual([row?.kept, row?.kept]);
          expect(Number(row?.kept)).toBeLessThanOrEqual(quota);
        }
      },
    ),
    { numRuns: 40 },
  ));
