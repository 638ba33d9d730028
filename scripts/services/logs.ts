import { readFile } from 'node:fs/promises';
import { placeOf } from './places.ts';

const linesShown = 15;

/** What the server printed, over all of its runs. */
export const logFileOf = (server: string): string => placeOf('logs', `${server}.log`);

export async function tailOf(server: string): Promise<string> {
  const text = await readFile(logFileOf(server), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-linesShown).join('\n');
}
