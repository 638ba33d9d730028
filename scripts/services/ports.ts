import { createServer } from 'node:net';
import { freePort, listen } from '../local/embedded/listen.ts';
import { readRecord, writeRecord } from './records.ts';

/** The port of a server: chosen once and kept, so that settings made from it stay good. */
export async function portOf(name: string): Promise<number> {
  const kept = await readRecord<{ port: number }>(name, 'port');
  return kept?.port ?? choose(name);
}

/** Before a start: the same port again, or another one where somebody took it meanwhile. */
export async function freePortOf(name: string): Promise<number> {
  const port = await portOf(name);
  return (await isFree(port)) ? port : choose(name);
}

async function choose(name: string): Promise<number> {
  const port = await freePort();
  await writeRecord(name, 'port', { port });
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
