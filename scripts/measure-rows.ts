/** Bytes that a memory takes in Postgres, table by table; the figures of scripts/cost/row-bytes.ts are its output. */
import { fillTenant, searchDeps } from './bench/recall-tenant.ts';
import { openStore } from './bench/store.ts';
import { syntheticText } from './bench/synthetic-memories.ts';
import { table } from './bench/table.ts';

const memories = 10_000;

interface Sizes {
  name: string;
  rows: string;
  indexes: string;
}

const store = await openStore(process.env.DATABASE_URL);
try {
  const text = syntheticText(7);
  await fillTenant(store, searchDeps(store), memories, text);
  // as the owner; else rows that the load itself has replaced would count
  await store.pool.query('set role none');
  await store.pool.query('vacuum full');
  const { rows } = await store.pool.query<Sizes>(
    `select relname as name, pg_table_size(oid) as rows, pg_indexes_size(oid) as indexes
       from pg_class
      where relkind = 'r' and relnamespace = 'strata'::regnamespace
      order by pg_total_relation_size(oid) desc`,
  );
  console.log(`Bytes a memory, of ${memories} in ${store.description}\n`);
  const bytes = (size: string) => (Number(size) / memories).toFixed(0);
  console.log(
    table(
      ['table', 'rows', 'indexes'],
      rows.map((row) => [row.name, bytes(row.rows), bytes(row.indexes)]),
    ),
  );
} finally {
  await store.close();
}
