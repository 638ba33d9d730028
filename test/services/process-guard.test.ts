import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endProcess,
  isRunning,
  launchDetached,
  type ProcessRecord,
} from '../../scripts/services/processes.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-processes-'));
});
afterAll(() => rm(directory, { recursive: true }));

const launch = (program: string): Promise<ProcessRecord> =>
  launchDetached({
    command: process.execPath,
    args: ['-e', program],
    env: { PATH: process.env.PATH },
    cwd: directory,
    logFile: join(directory, 'log'),
  });
const waitForever = 'setInterval(() => undefined, 1000)';
const gently = { signal: 'SIGTERM', graceMs: 5_000 } as const;

describe('a detached process', () => {
  it('runs until it is ended, and what it prints is kept', async () => {
    const record = await launch(`console.log('ready'); ${waitForever}`);
    expect(await isRunning(record)).toBe(true);
    await expect.poll(() => readFile(join(directory, 'log'), 'utf8')).toContain('ready');
    await endProcess(record, gently);
    expect(await isRunning(record)).toBe(false);
    await expect(endProcess(record, gently)).resolves.toBeUndefined();
  });

  it('is ended although it does not want to', async () => {
    const record = await launch(
      `process.on('SIGTERM', () => undefined); console.log('deaf'); ${waitForever}`,
    );
    await expect.poll(() => readFile(join(directory, 'log'), 'utf8')).toContain('deaf');
    await endProcess(record, { signal: 'SIGTERM', graceMs: 100 });
    expect(await isRunning(record)).toBe(false);
  });

  it('is left alone when its number was given to somebody else', async () => {
    const stranger = spawn(process.execPath, ['-e', waitForever], { stdio: 'ignore' });
    const record = { pid: stranger.pid!, began: 'at another time' };
    expect(await isRunning(record)).toBe(false);
    await endProcess(record, gently);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    stranger.kill('SIGKILL');
  });
});
