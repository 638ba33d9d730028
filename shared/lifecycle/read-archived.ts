import { AppError, hasCode } from '../kernel/app-error.ts';
import type { Logger } from '../kernel/logger.ts';
import { objectKey } from './object-key.ts';
import { type DecodedEntry, decodeEntry } from './pack-format.ts';
import type { ArchiveCatalogue, CatalogueEntry, MemoryArchive } from './ports.ts';

export interface ReadDeps {
  archiveCatalogue: ArchiveCatalogue;
  memoryArchive: MemoryArchive;
  logger: Logger;
}

export type Archived =
  /** Oldest first; none when the archive has nothing of the memory. */
  | { state: 'read'; entries: DecodedEntry[] }
  /** Objects that have to be brought back before they can be read. */
  | { state: 'frozen'; keys: string[] };

/** Of a memory that was restored and archived again in the middle of a read. */
const attempts = 3;

/**
 * What the archive holds of a memory: its newest entry, or all of them. One range of one object each.
 * @throws AppError `archive_corrupted`, `archive_unavailable`, `store_unavailable`
 */
export async function readArchived(
  tenantId: string,
  memoryId: string,
  which: 'newest' | 'all',
  deps: ReadDeps,
): Promise<Archived> {
  for (let attempt = 1; ; attempt += 1) {
    const all = await deps.archiveCatalogue.entries(tenantId, memoryId);
    const wanted = which === 'all' ? all : all.slice(-1);
    const read = await Promise.all(wanted.map((entry) => readEntry(tenantId, entry, deps)));
    const keys = wanted.flatMap(({ packId }, index) =>
      read[index] === 'frozen' ? objectKey(tenantId, packId) : [],
    );
    const damaged = wanted.filter((_, index) => read[index] === 'damaged');
    if (damaged.length === 0) {
      if (keys.length > 0) return { state: 'frozen', keys: [...new Set(keys)] };
      return { state: 'read', entries: read as DecodedEntry[] };
    }
    // restored or erased meanwhile: its object may be gone for good reason
    const left = await deps.archiveCatalogue.entries(tenantId, memoryId);
    const still = damaged.filter((entry) => left.some(({ packId }) => packId === entry.packId));
    if (still.length === 0 && attempt < attempts) continue;
    for (const entry of still) await deps.archiveCatalogue.markDamaged(tenantId, entry);
    deps.logger.error('an entry of the archive is damaged', { tenantId, memoryId });
    throw new AppError(
      'archive_corrupted',
      'The archived copy of this memory is damaged; it is not answered.',
    );
  }
}

async function readEntry(
  tenantId: string,
  { packId, memoryId, version, dataKey, ...range }: CatalogueEntry,
  { memoryArchive }: ReadDeps,
): Promise<DecodedEntry | 'frozen' | 'damaged'> {
  const bytes = await memoryArchive.read(objectKey(tenantId, packId), range);
  if (bytes === 'frozen') return bytes;
  if (bytes === 'missing') return 'damaged';
  try {
    return decodeEntry(bytes, dataKey, { tenantId, memoryId, version });
  } catch (error) {
    if (hasCode(error, 'archive_corrupted')) return 'damaged';
    throw error;
  }
}
