import { AppError } from '../kernel/app-error.ts';
import { objectKey } from './object-key.ts';
import type { ArchivePacks } from './ports.ts';

/** Largest pack that is written: what a run holds in memory several times over. */
export const packBytes = 8 * 1024 * 1024;

/**
 * Writes a pack's object and reads it back.
 * @throws AppError `archive_corrupted` unless each byte is as it was written; `archive_unavailable`
 */
export async function writePack(
  tenantId: string,
  packId: string,
  bytes: Uint8Array,
  archivePacks: ArchivePacks,
): Promise<void> {
  const key = objectKey(tenantId, packId);
  // no one else has the key: an object that is there already is our own first attempt, whose answer was lost
  await archivePacks.put(key, bytes);
  const readBack = await archivePacks.get(key);
  if (typeof readBack !== 'string' && Buffer.compare(bytes, readBack) === 0) return;
  throw new AppError('archive_corrupted', 'What was written to the archive is not what was read back.');
}
