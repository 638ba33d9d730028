import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Measured } from './measure.ts';
import type { Spread } from './statistics.ts';
import { table } from './table.ts';

const directory = fileURLToPath(new URL('../../dist/bench', import.meta.url));

const milliseconds = ({ median }: Spread) => median.toFixed(2);
const ratio = ({ median, lowest, highest }: Spread) =>
  `${median.toFixed(2)} (${lowest.toFixed(2)}–${highest.toFixed(2)})`;

/** Medians over the rounds; a ratio comes with the lowest and the highest of a round. */
export const measuredTable = (title: string, measured: readonly Measured[]): string =>
  table(
    [title, 'p50 ms', 'p99 ms', '× p50', '× p99'],
    measured.map(({ name, p50, p99, ratio: ratios }) => [
      name,
      milliseconds(p50),
      milliseconds(p99),
      ratio(ratios.p50),
      ratio(ratios.p99),
    ]),
  );

export const ratiosCount =
  'Only the ratios count: the milliseconds are this machine at this moment, the ratios compare work of the same\n' +
  'rounds on the same connection. In brackets the lowest and the highest round.';

/** Writes what was measured and under which circumstances to `dist/bench/<name>.json`, and answers its path. */
export async function writeReport(name: string, database: string, results: unknown): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = `${directory}/${name}.json`;
  const circumstances = { takenAt: new Date().toISOString(), node: process.version, database };
  const report = { ...circumstances, cores: availableParallelism(), results };
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}
