import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/**
 * Runs tests in a process of their own, to its end. Answers whether all are green. With `TEST_RESULTS` the results
 * are also written as JSON to a file of that folder.
 * @param name of the file
 */
export async function runTests(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const folder = process.env.TEST_RESULTS;
  const reporters =
    folder === undefined
      ? []
      : ['--reporter=default', '--reporter=json', `--outputFile=${join(folder, `${name}.json`)}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}
