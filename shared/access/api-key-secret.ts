import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from '../kernel/ids.ts';

/** `strata_<id>_<256 random bits in base64url>`: the prefix lets secret scanners recognise a leaked key. */
const pattern = /^strata_(sk_[0-9a-f]{32})_[A-Za-z0-9_-]{43}$/;

/** A new key: its public id, and the secret that is shown once. */
export function newApiKey(): { id: string; secret: string } {
  const id = `sk_${newId().replaceAll('-', '')}`;
  return { id, secret: `strata_${id}_${randomBytes(32).toString('base64url')}` };
}

/** The id inside a presented key, or undefined where the text is no key. */
export const apiKeyId = (presented: string): string | undefined => pattern.exec(presented)?.[1];

/**
 * Hex SHA-256 of the presented key. A slow hash protects passwords, which can be guessed; nobody guesses 256
 * random bits however fast the hash is, and a slow one would make every login a load.
 */
export const hashApiKey = (presented: string): string => createHash('sha256').update(presented).digest('hex');

/** Compares in constant time, so that an answer's time tells nothing of the stored hash. */
export function matchesHash(presented: string, secretHash: string): boolean {
  const given = Buffer.from(hashApiKey(presented));
  const expected = Buffer.from(secretHash);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
