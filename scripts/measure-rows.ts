/**
 * Bytes that a memory takes in Postgres while it is warm and when it is cold, table by table, and in the archive; the
 * figures of scripts/cost/row-bytes.ts are its output. `--texts N` makes each memory of N texts instead of one.
 */
import { parseArgs } from 'node:util';
import { inMemoryArchive } from '../shared/adapters/in-memory/archive.ts';
import { postgresArchiveCatalogue } from '../shared/adapters/postgres/archive-catalogue.ts';
import { archiveBounds } from '../shared/contracts/lifecycle/archive-bounds.ts';
import { chunksOf } from '../shared/kernel/chunks-of.ts';
import { packMemories } from '../shared/lifecycle/pack-memories.ts';
import { fillTenant, searchDeps } from './bench/recall-tenant.ts';
import { type BenchStore, openStore } from './bench/store.ts';
import { syntheticText } from './bench/synthetic-memories.ts';
import { table } from './bench/table.ts';

const memories = 10_000;
/** Tables with less than this a memory are as large without any. */
const worthTelling = 10;

const { values: options } = parseArgs({ options: { texts: { type: 'string', default: '1' } } });
const texts = Number(options.texts);

interface Sizes {
  name: string;
  rows: string;
  indexes: string;
}

const perMemory = (size: string | undefined) => Number(size ?? 0) / memories;

async function sizesOf({ pool }: BenchStore): Promise<Map<string, Sizes>> {
  // as the owner; else rows that the load itself has replaced would count
  await pool.query('set role none');
  await pool.query('vacuum full');
  const { rows } = await pool.query<Sizes>(
    `select relname as name, pg_table_size(oid) as rows, pg_indexes_size(oid) as indexes
       from pg_class
      where relkind = 'r' and relnamespace = 'strata'::regnamespace
      order by pg_total_relation_size(oid) desc`,
  );
  await pool.query('reset role');
  return new Map(rows.map((row) => [row.name, row]));
}

/** Moves all memories of the tenant into an archive of this process, and answers the bytes that they take there. */
async function archiveAll({ db }: BenchStore, tenantId: string): Promise<number> {
  const archivePacks = inMemoryArchive();
  const ports = { archiveCatalogue: postgresArchiveCatalogue(db), archivePacks };
  const rows = await db.query<{ id: string }>(tenantId, 'select id from strata.memories', []);
  for (const pack of chunksOf(rows, archiveBounds.packMemories)) {
    const ids = pack.map(({ id }) => id);
    if ((await packMemories(tenantId, ids, ports)) < ids.length) throw new Error('a memory was not archived');
  }
  return [...archivePacks.objects.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
}

const store = await openStore(process.env.DATABASE_URL);
try {
  const text = syntheticText(7);
  const memory = () => Array.from({ length: texts }, text.memory).join('. ');
  const { tenantId } = await fillTenant(store, searchDeps(store), memories, { ...text, memory });
  const warm = await sizesOf(store);
  const archived = await archiveAll(store, tenantId);
  const cold = await sizesOf(store);
  console.log(`Bytes a memory, of ${memories} of ${texts} × 6 to 40 words in ${store.description}\n`);
  const rows = [...new Set([...warm.keys(), ...cold.keys()])]
    .map((name) => {
      const [before, after] = [warm.get(name), cold.get(name)];
      const figures = [before?.rows, before?.indexes, after?.rows, after?.indexes].map(perMemory);
      return { name, figures };
    })
    .filter(({ figures }) => figures.some((bytes) => bytes >= worthTelling));
  console.log(
    table(
      ['table', 'warm rows', 'warm indexes', 'cold rows', 'cold indexes'],
      rows.map(({ name, figures }) => [name, ...figures.map((bytes) => bytes.toFixed(0))]),
    ),
  );
  console.log(`\nIn the archive ${(archived / memories).toFixed(0)} bytes.`);
} finally {
  await store.close();
}
