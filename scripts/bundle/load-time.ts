import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { entryFile } from './bundle-function.ts';

const run = promisify(execFile);

const measure = `
const started = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - started));
process.exit();`;

/** Milliseconds that a new process takes to load the entry: reading, compiling and running what is eager. */
async function loadOnce(directory: string): Promise<number> {
  const entry = pathToFileURL(join(directory, entryFile)).href;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', measure, entry]);
  return Number(stdout);
}

/**
 * Load times of several bundles, taken in turns so that a busy moment of the machine meets all of them.
 * @returns milliseconds, one list per directory in the order given
 */
export async function loadTimes(directories: readonly string[], repetitions: number): Promise<number[][]> {
  const samples: number[][] = directories.map(() => []);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const [index, directory] of directories.entries()) samples[index]?.push(await loadOnce(directory));
  }
  return samples;
}
