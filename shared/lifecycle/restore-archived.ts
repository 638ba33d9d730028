import { AppError } from '../kernel/app-error.ts';
import { type Archived, type ReadDeps, readArchived } from './read-archived.ts';

/** Of a memory that is restored, changed or archived again in the middle of it. */
const attempts = 3;

/**
 * Brings all that the archive holds of a memory back into the store that decides.
 * @returns `warm` also when it was so before; `gone` when it was deleted
 * @throws AppError `archive_corrupted`, `archive_unavailable`, `store_unavailable`
 */
export async function restoreArchived(
  tenantId: string,
  memoryId: string,
  deps: ReadDeps,
): Promise<'warm' | 'gone' | Extract<Archived, { state: 'frozen' }>> {
  for (let attempt = 1; ; attempt += 1) {
    const archived = await readArchived(tenantId, memoryId, 'all', deps);
    if (archived.state === 'frozen') return archived;
    const newest = archived.entries.at(-1);
    if (newest === undefined) return 'warm';
    const restored = await deps.archiveCatalogue.restore(tenantId, {
      memoryId,
      version: newest.entry.version,
      entries: archived.entries.length,
      versions: archived.entries.flatMap(({ entry }) => entry.versions),
      ...(newest.vector && { vector: newest.vector }),
    });
    if (restored !== 'moved') return restored;
    if (attempt === attempts) throw busy();
  }
}

const busy = () =>
  new AppError('store_unavailable', 'The memory is being moved between the tiers; try again.', {
    retryable: true,
  });
