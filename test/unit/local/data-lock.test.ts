import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockData } from '../../../scripts/local/data-lock.ts';
import { localSecret } from '../../../scripts/local/local-secret.ts';

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
    ['of a process that is gone', '4194304999'],
    ['that says nothing', ''],
  ])('takes over a lock %s', async (_, content) => {
    await writeFile(join(directory, 'strata.lock'), content);
    const release = await lockData(directory);
    expect(await readFile(join(directory, 'strata.lock'), 'utf8')).toBe(String(process.pid));
    await release();
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
