import { gzipSync } from 'node:zlib';
import { inMemoryArchive } from '../../shared/adapters/in-memory/archive.ts';
import { postgresArchiveCatalogue } from '../../shared/adapters/postgres/archive-catalogue.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { redactorProvider } from '../../shared/adapters/redaction/provider.ts';
import { storeBody } from '../../shared/contracts/memory/store.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { packMemories } from '../../shared/lifecycle/pack-memories.ts';
import type { ArchiveCatalogue } from '../../shared/lifecycle/ports.ts';
import { deriveWrites } from '../../shared/memory/write/derive.ts';
import { draftFromItem } from '../../shared/memory/write/store-memory.ts';
import type { Contender } from './measure.ts';
import type { BenchStore } from './store.ts';
import { type SyntheticText, syntheticText } from './synthetic-memories.ts';

export const memoriesPerPack = 200;
const dimension = 768;
/** Of about 150 characters each. */
const sentences = 16;

const ambient = { clock: systemClock, logger: silentLogger };
const redactor = redactorProvider.build(redactorProvider.config.parse({}), ambient);
/** The text is not searched here. */
const nothingDerived = {
  ...ambient,
  embedder: { space: 'none', dimension: 1, embed: async (texts: string[]) => texts.map(() => null) },
  entityExtractor: { name: 'none', extract: async (texts: string[]) => texts.map(() => []) },
};

const bodyWith = (text: SyntheticText, n: number) =>
  storeBody.parse({
    content: Array.from({ length: sentences }, () => text.memory()).join('. '),
    embedding: Array.from({ length: dimension }, (_, at) => Math.sin(n * dimension + at)),
    extractEntities: false,
  });

/** Stores a pack's worth of memories, each changed once, and answers their ids. */
async function fill({ db }: BenchStore, tenantId: string, text: SyntheticText): Promise<string[]> {
  const memories = postgresMemoryStore(db);
  const draft = (n: number) => draftFromItem(tenantId, bodyWith(text, n), { redactor, clock: systemClock });
  const drafts = Array.from({ length: memoriesPerPack }, (_, n) => draft(n));
  for (let version = 1; version <= 2; version += 1) {
    const { writes } = await deriveWrites(drafts, nothingDerived);
    await memories.write({ tenantId, actor: 'bench', writes });
  }
  return drafts.map(({ state }) => state.id);
}

/** The same rows as the archive reads them, by hand. */
const rawRead = `select v.memory_id, v.version, v.operation, v.changed_at, v.changed_by, v.reason, v.state,
    (select halfvec_send(e.own) from strata.memory_embeddings e
     where e.tenant_id = v.tenant_id and e.memory_id = v.memory_id and e.space = 'caller') as vector
  from strata.memory_versions v
  where v.tenant_id = strata.current_tenant() and v.memory_id = any ($1::uuid[])`;

/**
 * Reading the rows, compressing their JSON, and all that archiving is: reading, sealing, writing, verifying, and
 * taking the content out of the tables. Objects stay in memory: a network would be measured instead.
 */
export async function archiveContenders(
  store: BenchStore,
  iterations: number,
): Promise<{ contenders: Contender[]; bytesPerPack: number; archived: () => number }> {
  const { db, tenantId } = store;
  const text = syntheticText(7);
  const packs: string[][] = [];
  for (let n = 0; n <= iterations; n += 1) packs.push(await fill(store, tenantId, text));
  const kept = packs.pop() ?? [];
  const rows = await db.query<{ state: unknown }>(tenantId, rawRead, [kept]);
  const json = JSON.stringify(rows.map(({ state }) => state));
  const archiveCatalogue = postgresArchiveCatalogue(db);
  const ports = { archiveCatalogue, archivePacks: inMemoryArchive() };
  /** Gives the memories free again instead of taking their content out of the tables. */
  const kindCatalogue: ArchiveCatalogue = {
    ...archiveCatalogue,
    complete: async (tenant, packId) => {
      await archiveCatalogue.abandon(tenant, packId);
      return [];
    },
  };
  let archived = 0;
  return {
    bytesPerPack: Buffer.byteLength(json),
    archived: () => archived,
    contenders: [
      { name: 'read', run: () => db.query(tenantId, rawRead, [kept]) },
      { name: 'gzip-1', run: async () => gzipSync(json, { level: 1 }) },
      {
        name: 'read, seal, write, verify',
        run: () => packMemories(tenantId, kept, { ...ports, archiveCatalogue: kindCatalogue }),
      },
      {
        name: 'archive',
        run: async (iteration) => {
          archived += await packMemories(tenantId, packs[iteration] ?? [], ports);
        },
      },
    ],
  };
}
