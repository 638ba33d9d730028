import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotStart } from './settings.ts';

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * Takes the data directory for this process: two services on one directory would corrupt it. The lock of a
 * process that is gone is taken over. Answers the function that gives it back.
 */
export async function lockData(dataDirectory: string): Promise<() => Promise<void>> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(dataDirectory, 'strata.lock');
  while (!(await claim(file))) {
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (Number.isInteger(holder) && holder > 0 && isAlive(holder)) {
      throw new CannotStart(
        `Process ${holder} already uses the data in ${dataDirectory}. Stop it, or set STRATA_DATA to another folder (if no Strata runs, delete ${file}).`,
      );
    }
    await rm(file, { force: true });
  }
  return () => rm(file, { force: true });
}

/** Linked under its name when it is whole, so that nobody reads a lock without its process id. */
async function claim(file: string): Promise<boolean> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, String(process.pid));
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft);
  }
}
