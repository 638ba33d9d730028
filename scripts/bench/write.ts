/**
 * What the product's write path costs over the same rows written by hand; docs/performance.md says how to read
 * it. `--rounds N` and `--iterations N` change how long it runs.
 */
import { parseArgs } from 'node:util';
import { compared, interleaved, iterationsOf, type Plan } from './measure.ts';
import { measuredTable, ratiosCount, writeReport } from './report.ts';
import { type BenchStore, openStore } from './store.ts';
import { whenInterrupted } from './when-interrupted.ts';
import { batchContenders, batchSize, singleContenders } from './write-contenders.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    iterations: { type: 'string', default: '200' },
  },
});
const rounds = Number(options.rounds);
const single: Plan = { rounds, iterations: Number(options.iterations), warmUp: 20 };
const batches: Plan = { rounds, iterations: 5, warmUp: 1 };

/** Work that left no rows behind would look quick. */
async function checkCount({ db, tenantId }: BenchStore, expected: number): Promise<void> {
  const [row] = await db.query<{ count: string }>(
    tenantId,
    'select count(*) from strata.memories m join strata.memory_sync s on s.memory_id = m.id',
  );
  if (Number(row?.count) !== expected) throw new Error(`${row?.count} of ${expected} memories were stored`);
}

const store = await openStore(process.env.DATABASE_URL);
whenInterrupted(store.close);
try {
  console.log(`Writes to ${store.description}\n`);

  const ones = await singleContenders(store, single);
  const one = compared(await interleaved(ones, single), 'raw statement');
  console.log(`${measuredTable(`one memory, ${rounds} rounds of ${single.iterations}`, one)}\n`);

  const many = await batchContenders(store, batches);
  const batch = compared(await interleaved(many, batches), 'raw unnest');
  console.log(measuredTable(`${batchSize} memories, ${rounds} rounds of ${batches.iterations}`, batch));
  const rates = batch.map(({ name, ratio }) => `${name} ${(1 / ratio.p50.median).toFixed(2)}×`);
  console.log(`Memories a second, against the raw rate: ${rates.join(', ')}.`);

  await checkCount(
    store,
    ones.length * iterationsOf(single) + many.length * iterationsOf(batches) * batchSize,
  );
  console.log(`\n${ratiosCount}`);
  console.log(`\nWritten to ${await writeReport('write', store.description, { single: one, batch })}`);
} finally {
  await store.close();
}
