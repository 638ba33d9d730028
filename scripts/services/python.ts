import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { attempt, run } from './command.ts';
import { Missing } from './missing.ts';
import { placeOf } from './places.ts';
import { readRecord, writeRecord } from './records.ts';

/** Versions of all that comes along, so that the same programs run everywhere and always. */
const constraints = fileURLToPath(new URL('./constraints.txt', import.meta.url));
const folder = () => placeOf('py');

/** A program of the virtual environment. */
export const pythonProgram = (name: string): string => placeOf('py', 'bin', name);

let turn: Promise<void> = Promise.resolve();

/** Installs exactly these packages; quick when they are there. One at a time, as they share one environment. */
export function installPackages(packages: readonly string[]): Promise<void> {
  const installing = turn.then(() => install(packages));
  turn = installing.catch(() => undefined);
  return installing;
}

async function install(packages: readonly string[]): Promise<void> {
  const done = (await readRecord<string[]>('py', 'installed')) ?? [];
  const wanted = packages.filter((name) => !done.includes(name));
  if (wanted.length === 0) return;
  await createEnvironment();
  await run(pythonProgram('python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--constraint',
    constraints,
    ...packages,
  ]);
  await writeRecord('py', 'installed', [...done, ...wanted]);
}

async function createEnvironment(): Promise<void> {
  if (existsSync(pythonProgram('python'))) return;
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  if ((await attempt('python3', ['-c', check])) === undefined) {
    throw new Missing(
      'Python 3.10 or later with its venv module is needed (on Debian: apt install python3-venv).',
    );
  }
  await run('python3', ['-m', 'venv', folder()]);
}

/** Where a package lies, without running it. */
export const folderOfPackage = (name: string): Promise<string> =>
  run(pythonProgram('python'), [
    '-c',
    `from importlib.util import find_spec; print(find_spec('${name}').submodule_search_locations[0])`,
  ]);
