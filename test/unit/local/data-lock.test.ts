import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockData } from '../../../scripts/local/data-lock.ts';
import { localSecret } from '../../../scripts/local/local-secret.ts';

const program = `
  import { lockData } from ${JSON.stringify(import.meta.resolve('../../../scripts/local/data-lock.ts'))};
  process.on('message', (directory) => {
    lockData(directory).then(() => process.send('has it'), () => process.send('refused'));
  });
  process.send('ready');
`;

/** Another process that takes the directory which it is told. */
async function rival() {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return {
    async tryToLock(path: string): Promise<unknown> {
      const answer = once(child, 'message');
      child.send(path);
      return (await answer)[0];
    },
    end: () => child.disconnect(),
  };
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('lock of the data directory', () => {
  it('keeps a second service out until the first gives it back', async () => {
    const release = await lockData(join(directory, 'new'));
    await expect(lockData(join(directory, 'new'))).rejects.toThrow(
      new RegExp(`^Process ${process.pid} already uses the data in `),
    );
    await release();
    const again = await lockData(join(directory, 'new'));
    await again();
    expect(await readdir(join(directory, 'new'))).toEqual([]);
  });

  it.each([
    ['a process that is gone', 4_194_304_999],
    // as after a crash in a container, where the next process often has the same number
    ['a process whose number is ours now', process.pid],
    ['a process whose number is another one now', process.ppid],
  ])('takes over from %s', async (_, pid) => {
    await writeFile(join(directory, `strata.lock.${pid}`), 'long ago');
    const release = await lockData(directory);
    expect(await readdir(directory)).toEqual([`strata.lock.${process.pid}`]);
    await release();
  });

  it('goes to one of those who find together that its owner is gone', async () => {
    const rivals = await Promise.all(Array.from({ length: 4 }, () => rival()));
    for (let round = 0; round < 20; round += 1) {
      const disputed = join(directory, String(round));
      await mkdir(disputed);
      await writeFile(join(disputed, 'strata.lock.4194304999'), 'long ago');
      const outcomes = await Promise.all(rivals.map((each) => each.tryToLock(disputed)));
      expect(outcomes.filter((outcome) => outcome === 'has it')).toHaveLength(1);
    }
    for (const { end } of rivals) end();
  });
});

describe('secret of this machine', () => {
  it('stays the same, differs by name, and is for its owner alone', async () => {
    const secret = await localSecret(directory, 'cursor');
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await localSecret(directory, 'cursor')).toBe(secret);
    expect(await localSecret(directory, 'other')).not.toBe(secret);
  });
});
