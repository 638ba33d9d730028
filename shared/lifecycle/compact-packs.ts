import { hasCode } from '../kernel/app-error.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { objectKey } from './object-key.ts';
import { openEntry } from './pack-format.ts';
import type { PackDeps } from './pack-memories.ts';
import type { CatalogueEntry } from './ports.ts';
import { writePack } from './write-pack.ts';

export interface CompactDeps extends PackDeps {
  logger: Logger;
}

interface Living {
  entry: CatalogueEntry;
  /** As they are sealed. */
  bytes: Uint8Array;
}

/**
 * Writes what is alive in some packs of a tenant into a new one, verifies it, and only then has the catalogue lead
 * there. The sealed bytes are copied as they are, under the keys that they have. Interrupted anywhere, each entry is
 * where it was or where it goes, whole; what was erased or restored meanwhile stays so.
 *
 * @returns how many entries moved
 * @throws AppError `archive_unavailable`, `archive_corrupted`, `store_unavailable`
 */
export async function compactPacks(
  tenantId: string,
  fromPackIds: string[],
  deps: CompactDeps,
): Promise<number> {
  const { archiveCatalogue, archivePacks } = deps;
  const packId = newId();
  try {
    const entries = await archiveCatalogue.beginMove(tenantId, packId, fromPackIds);
    const living: Living[] = [];
    for (const [from, members] of Map.groupBy(entries, (entry) => entry.packId)) {
      living.push(...(await livingOf(tenantId, from, members, deps)));
    }
    if (living.length === 0) {
      await archiveCatalogue.abandon(tenantId, packId);
      return 0;
    }
    await writePack(tenantId, packId, Buffer.concat(living.map(({ bytes }) => bytes)), archivePacks);
    let end = 0;
    const moved = living.map(({ entry: { dataKey: _, archivedAt: __, ...entry } }) => {
      const offset = end;
      end += entry.length;
      return { ...entry, offset };
    });
    return await archiveCatalogue.completeMove(tenantId, packId, moved);
  } catch (error) {
    // the store may be what is away: then the pack is found later
    await archiveCatalogue.abandon(tenantId, packId).catch(() => undefined);
    throw error;
  }
}

/** The entries of a pack that open; none of one that is frozen by now. A damaged one stays where it is, and is noted. */
async function livingOf(
  tenantId: string,
  packId: string,
  entries: CatalogueEntry[],
  { archiveCatalogue, archivePacks, logger }: CompactDeps,
): Promise<Living[]> {
  const whole = await archivePacks.get(objectKey(tenantId, packId));
  if (whole === 'frozen') return [];
  const living: Living[] = [];
  for (const entry of entries) {
    // a copy, so that the rest of the object is not held with it
    const bytes =
      whole === 'missing'
        ? undefined
        : new Uint8Array(whole.subarray(entry.offset, entry.offset + entry.length));
    if (bytes !== undefined && opens(bytes, tenantId, entry)) {
      living.push({ entry, bytes });
    } else {
      logger.error('an entry of the archive is damaged', { tenantId, memoryId: entry.memoryId });
      await archiveCatalogue.markDamaged(tenantId, entry);
    }
  }
  return living;
}

function opens(bytes: Uint8Array, tenantId: string, { dataKey, memoryId, version }: CatalogueEntry): boolean {
  try {
    openEntry(bytes, dataKey, { tenantId, memoryId, version });
    return true;
  } catch (error) {
    if (hasCode(error, 'archive_corrupted')) return false;
    throw error;
  }
}
