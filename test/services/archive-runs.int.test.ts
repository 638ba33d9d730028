import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBucket, emulatedAws } from '../../scripts/services/aws-resources.ts';
import { postgresArchiveCatalogue } from '../../shared/adapters/postgres/archive-catalogue.ts';
import type { Database } from '../../shared/adapters/postgres/database.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { s3MemoryArchive } from '../../shared/adapters/s3/memory-archive.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { readArchived } from '../../shared/lifecycle/read-archived.ts';
import { restoreArchived } from '../../shared/lifecycle/restore-archived.ts';
import { tierToArchive } from '../../shared/lifecycle/tier-to-archive.ts';
import { archivePolicy } from '../support/archive-policy.ts';
import { applied, newTenant, writeOf } from '../support/store-writes.ts';
import { awsEndpoint } from './support/servers.ts';
import { type ServiceDatabase, serviceDatabase } from './support/service-database.ts';

const bucket = `archive-runs-${newId()}`;
let service: ServiceDatabase;
let db: Database;
let client: S3Client;

beforeAll(async () => {
  service = await serviceDatabase();
  db = service.connect({ DATABASE_POOL_MAX: '12' });
  client = new S3Client({ ...emulatedAws, endpoint: awsEndpoint(), forcePathStyle: true });
  await createBucket(awsEndpoint(), bucket);
});
afterAll(async () => {
  client.destroy();
  await service.remove();
});

const deps = () => {
  const archive = s3MemoryArchive({ client, bucket });
  return {
    archiveCatalogue: postgresArchiveCatalogue(db),
    archivePacks: archive,
    memoryArchive: archive,
    archivePolicy: { ...archivePolicy, afterDays: 0, keepImportance: 1 },
    clock: systemClock,
    logger: silentLogger,
  };
};
const run = () => tierToArchive(deps(), new Date(Date.now() + 120_000));
const contentOf = (n: number) => `memory ${n} `.repeat(60);

async function seeded(count: number): Promise<{ tenant: string; ids: string[] }> {
  const tenant = newTenant();
  const writes = Array.from({ length: count }, (_, n) =>
    writeOf({ content: contentOf(n) }, { callerEmbedding: [n, 1] }),
  );
  const outcomes = await applied(postgresMemoryStore(db), tenant, writes);
  return { tenant, ids: outcomes.map(({ id }) => id) };
}

/** Every memory is warm and has its versions here, or is cold and has them in one entry of the archive. */
async function expectOnce(tenant: string, ids: string[]) {
  const memories = await postgresMemoryStore(db).get(tenant, ids, { uncounted: true });
  expect(memories.map(({ id }) => id)).toEqual(ids);
  for (const { id, tier } of memories) {
    const here = await postgresMemoryStore(db).versions(tenant, id, { limit: 10 });
    const archived = await readArchived(tenant, id, 'all', deps());
    const there = archived.state === 'read' ? archived.entries.flatMap(({ entry }) => entry.versions) : [];
    expect([id, here.length > 0, there.length > 0]).toEqual([id, tier === 'warm', tier === 'cold']);
  }
}

describe('runs at once', () => {
  it('archive every memory once, on a server that runs them truly at once', async () => {
    const { tenant, ids } = await seeded(60);
    const counts = await Promise.all(Array.from({ length: 4 }, run));
    expect(counts.reduce((sum, { archived }) => sum + archived, 0)).toBe(60);
    await expectOnce(tenant, ids);
  });

  it('meet writers, readers and restores, and lose nothing', async () => {
    const { tenant, ids } = await seeded(40);
    const store = postgresMemoryStore(db);
    const changes = ids.slice(0, 20).map(async (id, n) => {
      const { outcomes } = await store.write({
        tenantId: tenant,
        actor: 'tester',
        writes: [writeOf({ id, content: `changed ${n}` })],
      });
      expect(outcomes).toMatchObject([{ ok: true, version: 2 }]);
    });
    const others = ids.slice(20).map(async (id) => {
      await restoreArchived(tenant, id, deps());
      await store.get(tenant, [id]);
    });
    await Promise.all([run(), run(), ...changes, ...others, run(), run()]);
    const memories = await store.get(tenant, ids, { uncounted: true });
    expect(memories.filter(({ version }) => version === 2)).toHaveLength(20);

    for (const id of ids) expect(await restoreArchived(tenant, id, deps())).toBe('warm');
    const restored = await store.get(tenant, ids, { uncounted: true });
    expect(restored.map(({ content }) => content)).toEqual(
      ids.map((_, n) => (n < 20 ? `changed ${n}` : contentOf(n))),
    );
    for (const [n, id] of ids.entries()) {
      // one that was cold when it was stored again left its first version in the archive
      const here = await store.versions(tenant, id, { limit: 10 });
      const archived = await readArchived(tenant, id, 'all', deps());
      const there = archived.state === 'read' ? archived.entries.flatMap(({ entry }) => entry.versions) : [];
      expect(here.length + there.length).toBe(n < 20 ? 2 : 1);
    }
  });

  it('compact packs while memories are erased and restored, and bring nothing back', async () => {
    const store = postgresMemoryStore(db);
    const seeds = [await seeded(30), await seeded(30)];
    const erase = (tenant: string, ids: string[]) =>
      store.erase({ tenantId: tenant, items: ids.map((id) => ({ id })) });
    await run();
    for (const { tenant, ids } of seeds) await erase(tenant, ids.slice(0, 16));
    const during = seeds.flatMap(({ tenant, ids }) => [
      ...ids.slice(16, 20).map((id) => erase(tenant, [id])),
      ...ids.slice(20, 24).map((id) => restoreArchived(tenant, id, deps())),
    ]);
    await Promise.all([run(), run(), run(), ...during]);
    // whoever lost a race left an object that nobody needs, and the next run takes it
    await run();
    for (const { tenant, ids } of seeds) {
      expect(await store.get(tenant, ids.slice(0, 20), { uncounted: true })).toEqual([]);
      await expectOnce(tenant, ids.slice(20));
      const packs = new Set<string>();
      for (const id of ids.slice(24)) {
        const entries = await postgresArchiveCatalogue(db).entries(tenant, id);
        for (const { packId } of entries) packs.add(packId);
      }
      expect(packs.size).toBe(1);
      for (const id of ids.slice(20)) expect(await restoreArchived(tenant, id, deps())).toBe('warm');
      const restored = await store.get(tenant, ids.slice(20), { uncounted: true });
      expect(restored.map(({ content }) => content)).toEqual(ids.slice(20).map((_, n) => contentOf(20 + n)));
    }
    expect((await postgresArchiveCatalogue(db).overview()).damagedEntries).toBe(0);
  });
});
