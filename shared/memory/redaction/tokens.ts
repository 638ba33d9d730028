import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { PersonalDataKind } from './kinds.ts';

const nonceBytes = 12;
const tagBytes = 16;
const cipherName = 'aes-256-gcm';

/** `[kind:tok_…]`: the nonce, the encrypted value and the tag, as base64url. */
export const tokenPattern = /\[([a-z_]{1,16}):tok_([\w-]{38,90000})\]/g;

const derive = (key: Uint8Array, purpose: string) => Buffer.from(hkdfSync('sha256', key, '', purpose, 32));

/** Keys of one tenant, from the service's: the tokens of two tenants cannot be compared, nor read by each other. */
export const tenantTokenKey = (key: Uint8Array, tenantId: string): Buffer =>
  derive(key, `tenant:${tenantId}`);

/**
 * Encryption that gives the same token for the same value, so that memories about one person can still be found
 * and joined. As in SIV the nonce is a MAC of the value: it repeats only where kind and value do, and what
 * a repetition tells (that both are equal) is what the token is for.
 * @param key at least 32 random bytes.
 */
export function tokenCodec(key: Uint8Array) {
  if (key.byteLength < 32) throw new RangeError('a key for tokens has at least 32 bytes');
  const encryptionKey = derive(key, 'token encryption');
  const nonceKey = derive(key, 'token nonce');

  const nonceOf = (kind: string, value: string) =>
    createHmac('sha256', nonceKey).update(`${kind}\0${value}`).digest().subarray(0, nonceBytes);

  /** The value of a token; undefined when it was not made with this key, or was changed. */
  function open(kind: string, token: string): string | undefined {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length <= nonceBytes + tagBytes) return undefined;
    const nonce = bytes.subarray(0, nonceBytes);
    const decipher = createDecipheriv(cipherName, encryptionKey, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(kind)).setAuthTag(bytes.subarray(-tagBytes));
    try {
      const value =
        decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
      return value;
    } catch {
      return undefined;
    }
  }

  return {
    seal(kind: PersonalDataKind, value: string): string {
      const nonce = nonceOf(kind, value);
      const cipher = createCipheriv(cipherName, encryptionKey, nonce, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(kind));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(value, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `[${kind}:tok_${sealed.toString('base64url')}]`;
    },
    open,
  };
}
export type TokenCodec = ReturnType<typeof tokenCodec>;

/** The text with every token of this key turned back into what it stands for; others stay as they are. */
export function detokenise(text: string, key: Uint8Array): string {
  const codec = tokenCodec(key);
  return text.replace(
    tokenPattern,
    (token, kind: string, sealed: string) => codec.open(kind, sealed) ?? token,
  );
}
