import { randomBytes } from 'node:crypto';
import { newId } from '../../shared/kernel/ids.ts';
import type { PackedEntry, PackSource } from '../../shared/lifecycle/ports.ts';
import type { Stores } from './stores.ts';

export const entryBytes = 100;
const roomy = 1_000_000;

/** Entries of a pack as the catalogue is told of them, one behind the other, though there is no object. */
export const entriesOf = (
  sources: readonly PackSource[],
): (PackedEntry & { excerpt: { content: unknown; partial: boolean } })[] =>
  sources.map(({ memoryId, version }, index) => ({
    memoryId,
    version,
    offset: index * entryBytes,
    length: entryBytes,
    dataKey: randomBytes(32),
    excerpt: { content: 'The …', partial: true },
  }));

/** Moves memories into a pack as a run does; answers what went into it, and what became cold. */
export async function archivePack({ archiveCatalogue }: Stores, tenantId: string, ids: string[]) {
  const packId = newId();
  const sources = await archiveCatalogue.begin(tenantId, packId, ids, roomy);
  const entries = entriesOf(sources);
  const moved = await archiveCatalogue.complete(tenantId, packId, entries);
  return { packId, sources, entries, moved };
}
