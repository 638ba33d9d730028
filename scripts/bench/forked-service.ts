import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlMessage } from '../local/control.ts';

const entry = fileURLToPath(new URL('../local/start.ts', import.meta.url));

export interface ForkedService {
  readonly url: string;
  /** Of its database. */
  readonly databaseUrl: string;
  token(tenant: string): Promise<string>;
  stop(): Promise<void>;
}

/** The service as a process of its own on 127.0.0.1, so that who measures it does not take its time. */
export async function forkService(env: Readonly<Record<string, string>>): Promise<ForkedService> {
  const directory = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const child = fork(entry, {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'SILENT', ...env, PORT: '0', STRATA_DATA: directory },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGINT');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };
  const message = async (fits: (message: ControlMessage) => boolean): Promise<ControlMessage> => {
    for (;;) {
      const [received] = (await Promise.race([once(child, 'message'), exited.then(() => ['gone'])])) as [
        ControlMessage | 'gone',
      ];
      if (received === 'gone') throw new Error('the service ended');
      if (fits(received)) return received;
    }
  };
  try {
    const ready = await message((received) => 'ready' in received);
    if (!('ready' in ready)) throw new Error('the service did not say where it is');
    const { url, environment } = ready.ready;
    let calls = 0;
    return {
      url,
      databaseUrl: environment.DATABASE_URL ?? '',
      stop,
      async token(tenant) {
        calls += 1;
        const id = calls;
        child.send({ id, call: 'token', tenant });
        const answer = await message((received) => 'id' in received && received.id === id);
        if ('result' in answer) return String(answer.result);
        throw new Error('error' in answer ? answer.error : 'the service gave no token');
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
