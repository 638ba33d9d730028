import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beginningOf, isRunning } from '../services/processes.ts';
import { CannotStart } from './settings.ts';

const claimName = /^strata\.lock\.(\d+)$/;
const longestPauseMs = 100;

/**
 * Takes the data directory for this process: two services on one directory would corrupt it. Everybody puts down a
 * claim of his own and looks for those of others afterwards, so that of several who come at once at most one goes
 * on; one file for all could be taken over by two who both find that its owner is gone. Answers the function that
 * gives the directory back.
 * @throws CannotStart while another process has it
 */
export async function lockData(dataDirectory: string, tries = 10): Promise<() => Promise<void>> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const own = join(dataDirectory, `strata.lock.${process.pid}`);
  const giveBack = () => rm(own, { force: true });
  let holder = await holderOf(dataDirectory);
  if (holder === undefined) {
    await claim(own);
    holder = await holderOf(dataDirectory, process.pid);
    if (holder === undefined) return giveBack;
    await giveBack();
    if (tries > 1) {
      // whoever came at the same time withdraws too, and one of them is the first to come again
      await delay(Math.random() * longestPauseMs);
      return lockData(dataDirectory, tries - 1);
    }
  }
  throw new CannotStart(
    `Process ${holder} already uses the data in ${dataDirectory}. Stop it, or set STRATA_DATA to another folder.`,
  );
}

/** Renamed when it is whole, so that nobody takes one without its beginning for one of a process that is gone. */
async function claim(own: string): Promise<void> {
  const draft = `${own}.draft`;
  await writeFile(draft, (await beginningOf(process.pid)) ?? '');
  await rename(draft, own);
}

/** A process that runs and has a claim; claims of those that are gone are removed, also where their number is another's now. */
async function holderOf(dataDirectory: string, except?: number): Promise<number | undefined> {
  for (const name of await readdir(dataDirectory)) {
    const [, digits] = claimName.exec(name) ?? [];
    const pid = Number(digits);
    if (digits === undefined || pid === except) continue;
    const file = join(dataDirectory, name);
    const began = await readFile(file, 'utf8').catch(() => undefined);
    if (began === undefined) continue;
    if (await isRunning({ pid, began })) return pid;
    await rm(file, { force: true });
  }
  return undefined;
}
