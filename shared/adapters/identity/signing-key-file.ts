import { createPrivateKey, type KeyObject } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exportPKCS8, generateKeyPair } from 'jose';
import { newId } from '../../kernel/ids.ts';

const fileName = 'signing-key.pem';

const hasErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === code;

/** Written whole and flushed under a name of its own before it gets the real one, so nobody reads half a key. */
async function createKeyFile(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const draft = join(directory, `.${newId()}.pem`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(await exportPKCS8(privateKey));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // unlike a rename, a link fails where the name is taken: of two processes that start at once, one key stays
    await link(draft, join(directory, fileName));
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
}

/** The private key kept in a directory, readable by its owner alone; made when there is none. */
export async function signingKeyFile(directory: string): Promise<KeyObject> {
  const read = async () => createPrivateKey(await readFile(join(directory, fileName)));
  try {
    return await read();
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error;
  }
  await createKeyFile(directory);
  return read();
}
