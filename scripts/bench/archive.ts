/**
 * How fast memories go into the archive, against reading them and compressing them alone; docs/performance.md says
 * how to read it. `--rounds N` and `--iterations N` change how long it runs.
 */
import { parseArgs } from 'node:util';
import { archiveContenders, memoriesPerPack } from './archive-contenders.ts';
import { compared, interleaved, iterationsOf, type Plan } from './measure.ts';
import { measuredTable, ratiosCount, writeReport } from './report.ts';
import { openStore } from './store.ts';
import { whenInterrupted } from './when-interrupted.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    iterations: { type: 'string', default: '4' },
  },
});
const plan: Plan = { rounds: Number(options.rounds), iterations: Number(options.iterations), warmUp: 1 };

const store = await openStore(process.env.DATABASE_URL);
whenInterrupted(store.close);
try {
  console.log(`Archiving from ${store.description}\n`);
  const { contenders, bytesPerPack, archived } = await archiveContenders(store, iterationsOf(plan));
  const samples = await interleaved(contenders, plan);
  // as quick as its slowest part: that is the baseline
  const [read, gzip] = compared(samples, 'read');
  const slower = (read?.p50.median ?? 0) > (gzip?.p50.median ?? 0) ? 'read' : 'gzip-1';
  const measured = compared(samples, slower);
  console.log(
    measuredTable(`${memoriesPerPack} memories, ${plan.rounds} rounds of ${plan.iterations}`, measured),
  );
  const rates = measured.map(({ name, p50, ratio }) => {
    const rate = bytesPerPack / 1_000 / p50.median;
    return `${name} ${rate.toFixed(1)} MB/s (${(1 / ratio.p50.median).toFixed(2)}×)`;
  });
  console.log(`JSON a second, and against ${slower}, the slower part: ${rates.join(', ')}.`);
  if (archived() !== iterationsOf(plan) * memoriesPerPack) throw new Error('not every memory was archived');
  console.log(`\n${ratiosCount}`);
  console.log(`\nWritten to ${await writeReport('archive', store.description, measured)}`);
} finally {
  await store.close();
}
