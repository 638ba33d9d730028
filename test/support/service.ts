import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlCall, ControlMessage } from '../../scripts/local/control.ts';
import type { PartName } from '../../scripts/local/start-local.ts';

const entry = fileURLToPath(new URL('../../scripts/local/start.ts', import.meta.url));

export interface Service {
  readonly url: string;
  readonly dataDirectory: string;
  /** What the functions were given: addresses of the embedded parts among it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  token(tenant: string, scopes?: readonly string[]): Promise<string>;
  /** Runs a scheduled function once, now; answers what it answered. */
  runSchedule(name: string): Promise<unknown>;
  stopPart(part: PartName): Promise<void>;
  startPart(part: PartName): Promise<void>;
  /** As Ctrl-C does. The data stays when `dataDirectory` was given. Answers the exit code. */
  stop(): Promise<number | null>;
  /** As a power cut for the process: SIGKILL. The data stays when `dataDirectory` was given. */
  kill(): Promise<void>;
}

export interface ServiceOptions {
  /** Reused and kept; a fresh one that is removed at the end when absent. */
  dataDirectory?: string;
  env?: Readonly<Record<string, string>>;
}

/**
 * Starts the service as its own process on a free port, as `npm start` does. One per test file: start it in
 * `beforeAll`, stop it in `afterAll`. It ends with the test process, whatever happens.
 */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'strata-test-')));
  const child = fork(entry, {
    env: {
      PATH: process.env.PATH,
      ...options.env,
      PORT: options.env?.PORT ?? '0',
      STRATA_DATA: dataDirectory,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const ready = Promise.withResolvers<{ url: string; environment: Readonly<Record<string, string>> }>();
  child.on('message', (message: ControlMessage) => {
    if ('ready' in message) return ready.resolve(message.ready);
    const caller = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) caller?.reject(new Error(message.error));
    else caller?.resolve(message.result);
  });
  exited.then(([code]) => {
    const error = new Error(`the service ended with ${code}: ${complaint}`);
    ready.reject(error);
    for (const { reject } of waiting.values()) reject(error);
  }, ready.reject);

  let calls = 0;
  const ask = (call: ControlCall): Promise<unknown> => {
    calls += 1;
    const id = calls;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      child.send({ id, ...call });
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code] = await exited;
    if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
    return code;
  };

  const { url, environment } = await ready.promise.catch(async (error: unknown) => {
    if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
    throw error;
  });
  return {
    url,
    environment,
    dataDirectory,
    pid: child.pid ?? 0,
    token: async (tenant, scopes) =>
      String(await ask({ call: 'token', tenant, ...(scopes && { scopes: [...scopes] }) })),
    runSchedule: (name) => ask({ call: 'runSchedule', name }),
    stopPart: async (part) => void (await ask({ call: 'stopPart', part })),
    startPart: async (part) => void (await ask({ call: 'startPart', part })),
    stop: () => end('SIGINT'),
    kill: async () => void (await end('SIGKILL')),
  };
}
