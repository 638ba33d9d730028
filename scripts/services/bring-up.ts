import { chmod, mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { lockData } from '../local/data-lock.ts';
import { CannotStart } from '../local/settings.ts';
import { placeOf } from './places.ts';
import { readRecord, writeRecord, writeWhole } from './records.ts';
import type { ServerName } from './server.ts';
import { servers } from './servers.ts';
import { ensureRunning, type RunningServer } from './supervise.ts';

export interface BroughtUp {
  running: RunningServer[];
  /** Why the others do not run. */
  failed: { name: ServerName; reason: Error }[];
}

export const environmentFile = (): string => placeOf('env');

/** Starts what is down of these servers, all at once; one that cannot run does not keep the others from it. */
export async function bringUp(names: readonly ServerName[]): Promise<BroughtUp> {
  const unlock = await lockFolder();
  try {
    const settled = await Promise.allSettled(names.map((name) => ensureRunning(servers[name])));
    const running = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = settled.flatMap((result, index) =>
      result.status === 'rejected'
        ? [{ name: names[index] as ServerName, reason: asError(result.reason) }]
        : [],
    );
    await writeEnvironment(running);
    return { running, failed };
  } finally {
    await unlock();
  }
}

/** Two at once would start each server twice: the second waits. */
async function lockFolder(): Promise<() => Promise<void>> {
  await mkdir(placeOf(), { recursive: true });
  // a server may run as a user who has to pass through here, if not to look around
  await chmod(placeOf(), 0o711);
  for (;;) {
    try {
      return await lockData(placeOf());
    } catch (error) {
      if (!(error instanceof CannotStart)) throw error;
      await delay(200);
    }
  }
}

/** For a shell to read. What was started earlier, and is not part of this run, stays in it. */
async function writeEnvironment(running: readonly RunningServer[]): Promise<void> {
  const kept = (await readRecord<Record<string, string>>('.', 'settings')) ?? {};
  const settings = Object.assign(kept, ...running.map((server) => server.settings)) as Record<string, string>;
  await writeRecord('.', 'settings', settings);
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  await writeWhole(environmentFile(), lines.join(''));
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));
