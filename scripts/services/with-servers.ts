import { bringUp } from './bring-up.ts';
import { type ServerName, serverNames } from './server.ts';
import { servers } from './servers.ts';
import { type RunningServer, stopServer } from './supervise.ts';

/** Where the servers are: the settings of all of them. */
export type Settings = Readonly<Record<string, string>>;

/**
 * Does something with servers running, all unless some are named, and stops those that were not running before.
 * @throws Error naming each server that cannot run here, and why
 */
export async function withServers<T>(
  work: (settings: Settings) => Promise<T>,
  names: readonly ServerName[] = serverNames,
): Promise<T> {
  const { running, failed } = await bringUp(names);
  try {
    if (failed.length > 0) {
      const reasons = failed.map(({ name, reason }) => `${servers[name].title}: ${reason.message}`);
      throw new Error(`Not every server runs. ${reasons.join('\n')}`);
    }
    return await work(settingsOf(running));
  } finally {
    const own = running.filter(({ started }) => started);
    await Promise.all(own.map(({ server }) => stopServer(server)));
  }
}

const settingsOf = (running: readonly RunningServer[]): Settings =>
  Object.assign({}, ...running.map(({ settings }) => settings)) as Settings;
