import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A secret of this machine, made at the first start and kept beside the data: what was signed with it before a
 * restart is still good after it. The data directory is locked, so nobody else makes it at the same time.
 */
export async function localSecret(dataDirectory: string, name: string): Promise<string> {
  const file = join(dataDirectory, `${name}.key`);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(32).toString('hex');
  await writeFile(file, secret, { mode: 0o600, flag: 'wx', flush: true });
  return secret;
}
