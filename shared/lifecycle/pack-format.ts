import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type ArchivedEntry, archivedEntry } from '../contracts/lifecycle/archived-entry.ts';
import { AppError } from '../kernel/app-error.ts';

/*
 * An entry: 12 bytes of nonce, the sealed bytes, 16 bytes of tag. Sealed are 4 bytes with the length of the gzipped
 * JSON, the gzipped JSON, and the vector as it is, because halves hardly compress.
 */
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const lengthBytes = 4;
/** A little smaller at a higher level, and several times slower. */
const level = 1;

export interface DecodedEntry {
  entry: ArchivedEntry;
  /** Big-endian halves. */
  vector?: Uint8Array;
}

/** Whose entry it is, sealed with it: bytes that were moved to another memory do not open. */
const identity = ({
  tenantId,
  memoryId,
  version,
}: Pick<ArchivedEntry, 'tenantId' | 'memoryId' | 'version'>) =>
  Buffer.from(JSON.stringify([tenantId, memoryId, version]));

/** Seals one entry under a new key of its own: who loses the key has lost the entry, wherever its bytes are. */
export function encodeEntry({ entry, vector }: DecodedEntry): { bytes: Uint8Array; dataKey: Uint8Array } {
  const text = gzipSync(JSON.stringify(entry), { level });
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.length);
  const dataKey = randomBytes(32);
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, dataKey, nonce).setAAD(identity(entry));
  const sealed = [sealing.update(length), sealing.update(text), sealing.update(vector ?? Buffer.alloc(0))];
  return { bytes: Buffer.concat([nonce, ...sealed, sealing.final(), sealing.getAuthTag()]), dataKey };
}

/** @throws AppError `archive_corrupted` when the bytes are not those that were sealed for this memory. */
export function decodeEntry(
  bytes: Uint8Array,
  dataKey: Uint8Array,
  whose: Pick<ArchivedEntry, 'tenantId' | 'memoryId' | 'version'>,
): DecodedEntry {
  try {
    const opening = createDecipheriv(cipher, dataKey, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(identity(whose))
      .setAuthTag(bytes.subarray(-tagBytes));
    const sealed = opening.update(bytes.subarray(nonceBytes, -tagBytes));
    opening.final();
    const end = lengthBytes + sealed.readUInt32BE();
    const entry = archivedEntry.parse(JSON.parse(gunzipSync(sealed.subarray(lengthBytes, end)).toString()));
    return { entry, ...(entry.vector && { vector: sealed.subarray(end) }) };
  } catch (cause) {
    throw new AppError(
      'archive_corrupted',
      'The archived copy of this memory is damaged; it is not answered.',
      {
        cause,
      },
    );
  }
}
