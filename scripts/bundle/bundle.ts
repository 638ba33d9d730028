/**
 * Bundles every function as it is deployed and says what a cold start has to load; docs/performance.md says how
 * to read it. Fails when the write path is over its budget.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionSpecs } from '../../functions/index.ts';
import { median } from '../bench/statistics.ts';
import { table } from '../bench/table.ts';
import { bundleEntry, bundleFunction } from './bundle-function.ts';
import { chunkSizes } from './chunk-sizes.ts';
import { loadTimes } from './load-time.ts';

const budget = { name: 'api-memory', kilobytes: 260, loadRatio: 20 } as const;
const repetitions = 7;
const emptyHandler = 'export const handler = async () => ({ statusCode: 204 });';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const kilobytes = (bytes: number) => bytes / 1_024;

const functions = await Promise.all(
  functionSpecs.map(async ({ name }) => {
    const bundle = await bundleFunction(name, join(dist, 'functions', name));
    return { name, directory: bundle.directory, sizes: await chunkSizes(bundle) };
  }),
);
const empty = await bundleEntry({ code: emptyHandler }, join(dist, 'empty-handler'));

const [emptyTimes = [], ...times] = await loadTimes(
  [empty.directory, ...functions.map(({ directory }) => directory)],
  repetitions,
);
const emptyMs = median(emptyTimes);
const rows = functions.map(({ name, sizes }, index) => {
  const loadMs = median(times[index] ?? []);
  return {
    name,
    eager: kilobytes(sizes.eager),
    lazy: kilobytes(sizes.lazy),
    loadMs,
    ratio: loadMs / emptyMs,
  };
});

console.log(
  table(
    ['function', 'eager KB gz', 'lazy KB gz', 'load ms', '× empty'],
    [
      ...rows.map((row) => [
        row.name,
        row.eager.toFixed(1),
        row.lazy.toFixed(1),
        row.loadMs.toFixed(1),
        row.ratio.toFixed(1),
      ]),
      ['(empty handler)', '', '', emptyMs.toFixed(1), '1.0'],
    ],
  ),
);
console.log(
  `\nMedians of ${repetitions} interleaved loads, each in a process of its own. The ratio counts, not the milliseconds.`,
);

const writePath = rows.find(({ name }) => name === budget.name);
if (writePath === undefined) throw new Error(`there is no function ${budget.name}`);
const within = writePath.eager <= budget.kilobytes;
console.log(
  `${budget.name} loads ${writePath.eager.toFixed(1)} KB, ${within ? 'within' : 'OVER'} its budget of ${budget.kilobytes} KB; ` +
    `${writePath.ratio.toFixed(1)}× an empty handler, the goal is ${budget.loadRatio}×.`,
);
if (!within) process.exitCode = 1;
