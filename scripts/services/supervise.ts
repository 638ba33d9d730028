import { setTimeout as delay } from 'node:timers/promises';
import { logFileOf, tailOf } from './logs.ts';
import { freePortOf, portOf } from './ports.ts';
import { endProcess, isRunning, type ProcessRecord } from './processes.ts';
import { forgetRecord, readRecord, writeRecord } from './records.ts';
import type { Server } from './server.ts';

export interface RunningServer {
  readonly server: Server;
  readonly port: number;
  readonly pid: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Whether this call started it; else it ran before. */
  readonly started: boolean;
}

const readyMs = 120_000;
const pauseMs = 100;
const graceMs = 20_000;

/** Starts a server unless it runs, and waits until it can be used. */
export async function ensureRunning(server: Server): Promise<RunningServer> {
  const running = await recordOf(server);
  if (running) return { ...(await usable(server, await portOf(server.name), running)), started: false };
  await server.install();
  const port = await freePortOf(server.name);
  const launched = await server.launch(port);
  await writeRecord(server.name, 'process', launched);
  return { ...(await usable(server, port, launched)), started: true };
}

/** Ends a server that `ensureRunning` started, and no other process. Answers whether there was one. */
export async function stopServer(server: Server): Promise<boolean> {
  const running = await recordOf(server);
  if (running) await endProcess(running, { signal: server.stopSignal, graceMs });
  await forgetRecord(server.name, 'process');
  return running !== undefined;
}

/** Takes a server away as a crash does. @throws when this machine runs none that `ensureRunning` started */
export async function killServer(server: Server): Promise<void> {
  const running = await recordOf(server);
  if (running === undefined) throw new Error(`${server.title} does not run`);
  await endProcess(running, { signal: 'SIGKILL', graceMs });
}

async function recordOf(server: Server): Promise<ProcessRecord | undefined> {
  const record = await readRecord<ProcessRecord>(server.name, 'process');
  return record && (await isRunning(record)) ? record : undefined;
}

async function usable(server: Server, port: number, record: ProcessRecord) {
  const deadline = Date.now() + readyMs;
  for (;;) {
    try {
      await server.reach(port);
      return { server, port, pid: record.pid, settings: await server.prepare(port) };
    } catch (error) {
      const ended = !(await isRunning(record));
      if (!ended && Date.now() < deadline) {
        await delay(pauseMs);
        continue;
      }
      const what = ended ? 'ended while it started' : 'does not answer';
      throw new Error(`${server.title} ${what} (${logFileOf(server.name)}):\n${await tailOf(server.name)}`, {
        cause: error,
      });
    }
  }
}
