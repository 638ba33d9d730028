import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { placeOf } from './places.ts';

const fileOf = (server: string, record: string) => placeOf(server, `${record}.json`);

/** Something small that is remembered about a server; undefined when it is not. */
export async function readRecord<T>(server: string, record: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(server, record), 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

export const writeRecord = (server: string, record: string, value: unknown): Promise<void> =>
  writeWhole(fileOf(server, record), JSON.stringify(value));

export const forgetRecord = (server: string, record: string): Promise<void> =>
  rm(fileOf(server, record), { force: true });

/** Readable for this user alone, and never seen half written. */
export async function writeWhole(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, file);
}
