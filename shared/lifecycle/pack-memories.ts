import type { ArchivedEntry } from '../contracts/lifecycle/archived-entry.ts';
import { AppError } from '../kernel/app-error.ts';
import { newId } from '../kernel/ids.ts';
import { excerptOf } from './excerpt-of.ts';
import { type DecodedEntry, encodeEntry, openEntry } from './pack-format.ts';
import type { ArchiveCatalogue, ArchivePacks, PackedEntry, PackSource } from './ports.ts';
import { packBytes, writePack } from './write-pack.ts';

export interface PackDeps {
  archiveCatalogue: ArchiveCatalogue;
  archivePacks: ArchivePacks;
}

interface Packed {
  source: DecodedEntry;
  text: string;
  place: PackedEntry;
}

const bytesPerHalf = 2;

const entryOf = (tenantId: string, { memoryId, version, versions, vector }: PackSource): DecodedEntry => {
  const entry: ArchivedEntry = { format: 1, tenantId, memoryId, version, versions };
  if (vector === undefined) return { entry };
  return { entry: { ...entry, vector: { dimension: vector.length / bytesPerHalf } }, vector };
};

/** Entries one after the other, each sealed by itself, so that one of them is read without the others. */
function encodePack(tenantId: string, sources: PackSource[]): { bytes: Uint8Array; packed: Packed[] } {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const packed = sources.map((member): Packed => {
    const source = entryOf(tenantId, member);
    const { bytes, dataKey, text } = encodeEntry(source);
    const place = {
      memoryId: member.memoryId,
      version: member.version,
      offset,
      length: bytes.length,
      dataKey,
    };
    parts.push(bytes);
    offset += bytes.length;
    return { source, text, place };
  });
  return { bytes: Buffer.concat(parts), packed };
}

/** @throws AppError `archive_corrupted` unless the pack opens to exactly what went in. */
function verify(bytes: Uint8Array, packed: Packed[]): void {
  const opens = ({ source, text, place: { offset, length, dataKey } }: Packed): boolean => {
    const opened = openEntry(bytes.subarray(offset, offset + length), dataKey, source.entry);
    return opened.text === text && Buffer.compare(opened.vector, source.vector ?? nothing) === 0;
  };
  if (packed.every(opens)) return;
  throw new AppError('archive_corrupted', 'What was sealed for the archive does not open to what it was.');
}
const nothing = new Uint8Array();

/**
 * Writes memories of one tenant into an object of the archive, verifies it, and only then takes their content out of
 * the store that decides. Interrupted anywhere, each memory is either as warm as before or cold and whole.
 *
 * @returns how many became cold: none that was changed or read meanwhile
 * @throws AppError `archive_unavailable`, `archive_corrupted`, `store_unavailable`
 */
export async function packMemories(
  tenantId: string,
  memoryIds: string[],
  { archiveCatalogue, archivePacks }: PackDeps,
): Promise<number> {
  const packId = newId();
  try {
    const sources = await archiveCatalogue.begin(tenantId, packId, memoryIds, packBytes);
    if (sources.length === 0) return 0;
    const { bytes, packed } = encodePack(tenantId, sources);
    verify(bytes, packed);
    await writePack(tenantId, packId, bytes, archivePacks);
    const entries = packed.map(({ source, place }) => ({
      ...place,
      excerpt: excerptOf(source.entry.versions.at(-1)?.state.content),
    }));
    return (await archiveCatalogue.complete(tenantId, packId, entries)).length;
  } catch (error) {
    // the store may be what is away: then the pack is found later
    await archiveCatalogue.abandon(tenantId, packId).catch(() => undefined);
    throw error;
  }
}
