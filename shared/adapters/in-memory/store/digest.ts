import { createHash } from 'node:crypto';

/** The digest of a state as Postgres makes it: the first eight bytes of a SHA-256 as two unsigned integers. */
export function digestOf(of: {
  id: string;
  version: number;
  contentHash: string;
  edgesHash: string;
  deleted: boolean;
}): { digestHigh: number; digestLow: number } {
  const bytes = createHash('sha256')
    .update([of.id, of.version, of.contentHash, of.edgesHash, of.deleted].join('|'))
    .digest();
  return { digestHigh: bytes.readUInt32BE(0), digestLow: bytes.readUInt32BE(4) };
}
