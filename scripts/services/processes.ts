import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { attempt } from './command.ts';

/** A process by more than its number, which the system gives to another one when it has ended. */
export interface ProcessRecord {
  readonly pid: number;
  /** When it began, in whatever unit this system counts. */
  readonly began: string;
}

export interface Launch {
  command: string;
  args: string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Takes what it prints, after what is there. */
  logFile: string;
  user?: { uid: number; gid: number };
}

const pauseMs = 50;

/** Undefined: there is no such process, or nothing of it but its exit code. */
export async function beginningOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux')
    return (await attempt('ps', ['-o', 'lstart=', '-p', String(pid)])) || undefined;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // the name, in brackets, may hold anything; state is the first field after it, the beginning the twentieth
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

export async function isRunning({ pid, began }: ProcessRecord): Promise<boolean> {
  return (await beginningOf(pid)) === began;
}

/** Starts a process that outlives this one, in a group of its own. */
export async function launchDetached({
  command,
  args,
  env,
  cwd,
  logFile,
  user,
}: Launch): Promise<ProcessRecord> {
  await mkdir(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log], ...user });
    await once(child, 'spawn');
    child.unref();
    const pid = child.pid ?? 0;
    return { pid, began: (await beginningOf(pid)) ?? '' };
  } finally {
    closeSync(log);
  }
}

/** Asks it to end, and ends it when it has not within the time. Leaves any other process alone. */
export async function endProcess(
  record: ProcessRecord,
  { signal, graceMs }: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  if (!(await isRunning(record))) return;
  process.kill(record.pid, signal);
  for (let waited = 0; await isRunning(record); waited += pauseMs) {
    if (waited >= graceMs) process.kill(record.pid, 'SIGKILL');
    await delay(pauseMs);
  }
}
