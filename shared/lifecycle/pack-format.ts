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
type Identity = Pick<ArchivedEntry, 'tenantId' | 'memoryId' | 'version'>;
const identityBytes = ({ tenantId, memoryId, version }: Identity) =>
  Buffer.from(JSON.stringify([tenantId, memoryId, version]));

export interface SealedEntry {
  bytes: Uint8Array;
  dataKey: Uint8Array;
  /** The JSON that was sealed. */
  text: string;
}

/** Seals one entry under a new key of its own: who loses the key has lost the entry, wherever its bytes are. */
export function encodeEntry({ entry, vector }: DecodedEntry): SealedEntry {
  const text = JSON.stringify(entry);
  const compressed = gzipSync(text, { level });
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(compressed.length);
  const dataKey = randomBytes(32);
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, dataKey, nonce).setAAD(identityBytes(entry));
  const parts = [length, compressed, vector ?? Buffer.alloc(0)].map((part) => sealing.update(part));
  return { bytes: Buffer.concat([nonce, ...parts, sealing.final(), sealing.getAuthTag()]), dataKey, text };
}

const corrupted = (cause: unknown) =>
  new AppError('archive_corrupted', 'The archived copy of this memory is damaged; it is not answered.', {
    cause,
  });

/** What was sealed, unread. @throws AppError `archive_corrupted` when the bytes are not those of this memory. */
export function openEntry(
  bytes: Uint8Array,
  dataKey: Uint8Array,
  whose: Identity,
): { text: string; vector: Uint8Array } {
  try {
    const nonce = bytes.subarray(0, nonceBytes);
    const opening = createDecipheriv(cipher, dataKey, nonce, { authTagLength: tagBytes })
      .setAAD(identityBytes(whose))
      .setAuthTag(bytes.subarray(-tagBytes));
    const sealed = opening.update(bytes.subarray(nonceBytes, -tagBytes));
    opening.final();
    const end = lengthBytes + sealed.readUInt32BE();
    return { text: gunzipSync(sealed.subarray(lengthBytes, end)).toString(), vector: sealed.subarray(end) };
  } catch (cause) {
    throw corrupted(cause);
  }
}

/** @throws AppError `archive_corrupted`, also for a format that is not known */
export function decodeEntry(bytes: Uint8Array, dataKey: Uint8Array, whose: Identity): DecodedEntry {
  const { text, vector } = openEntry(bytes, dataKey, whose);
  const parsed = archivedEntry.safeParse(JSON.parse(text));
  if (!parsed.success) throw corrupted(parsed.error);
  return { entry: parsed.data, ...(parsed.data.vector && { vector }) };
}
