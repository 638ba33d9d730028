import { postgresApiKeyStore } from '../../shared/adapters/postgres/api-key-store.ts';
import { newId } from '../../shared/kernel/ids.ts';
import type { TestPostgres } from './postgres.ts';
import { postgresRealtimeStores, seedRealtime } from './realtime-stores.ts';
import { keyOf, stored, testSpace, writeOf } from './store-writes.ts';
import { postgresStores } from './stores.ts';

/** A memory in the archive, and an operation that brings it back. */
async function archive(postgres: TestPostgres, tenant: string, canary: string): Promise<void> {
  const { memories, archiveCatalogue, operations } = postgresStores(postgres);
  const { id: memoryId } = await stored(memories, tenant, { content: canary });
  const packId = newId();
  await archiveCatalogue.begin(tenant, packId, [memoryId], 1_000_000);
  const entry = { memoryId, version: 1, offset: 0, length: 1, dataKey: Buffer.alloc(32, canary) };
  await archiveCatalogue.complete(tenant, packId, [
    { ...entry, excerpt: { content: canary, partial: true } },
  ]);
  await operations.begin(tenant, { kind: 'read', memoryId });
}

/** Leaves at least one row of the tenant in every table that has tenants, and the canary wherever there is content. */
export async function fillEveryTable(postgres: TestPostgres, tenant: string, canary: string): Promise<void> {
  const owner = (sql: string, params: unknown[]) => postgres.asOwner((db) => db.unscoped(sql, params));
  const { memories } = postgresStores(postgres);
  const write = writeOf(
    {
      externalId: `${canary} ${tenant}`,
      content: canary,
      summary: canary,
      tags: [canary],
      metadata: { canary },
      relationships: [{ target: 'later', type: 'SUPPORTS', weight: 1 }],
    },
    { callerEmbedding: [1, 0], embedding: { space: testSpace, values: null, pending: true } },
  );
  const request = { tenantId: tenant, actor: 'tester', writes: [write], idempotency: keyOf(canary) };
  const { outcomes } = await memories.write(request);
  await stored(memories, tenant, { content: canary });
  await archive(postgres, tenant, canary);
  await memories.get(
    tenant,
    outcomes.flatMap((outcome) => (outcome.ok ? [outcome.id] : [])),
  );
  await postgres.db.query(tenant, 'select strata.refresh_statistics()');
  await postgresApiKeyStore(postgres.db).insert(
    {
      id: `sk_${tenant}`,
      tenantId: tenant,
      name: 'ci',
      scopes: ['*'],
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: 'tester',
    },
    'a'.repeat(64),
  );
  await seedRealtime(postgresRealtimeStores(postgres), tenant);
  await owner('insert into strata.tenant_limits (tenant_id, memories_kept) values ($1, 5)', [tenant]);
  await owner("insert into strata.principals values ($1, $2, '{*}')", [`arn:${tenant}`, tenant]);
}
