import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { memory as memorySchema } from '../../contracts/memory/model.ts';
import type { Memory } from '../../memory/model.ts';

/** An item may have 400 KB, keys and attribute names included. */
const largestBody = 390 * 1024;

/**
 * No function runs for longer than this, so a fill that read the memory before its deletion cannot come after
 * the tombstone has gone.
 */
const tombstoneSeconds = 900;

export type CacheItem = Record<string, AttributeValue>;

export interface CacheEntry {
  tenantId: string;
  id: string;
  version: number;
  item: CacheItem;
}

export type Decoded =
  | { state: 'memory'; version: number; memory: Memory }
  | { state: 'deleted'; version: number }
  | { state: 'miss' }
  /** Present and unusable: whoever finds it removes it. */
  | { state: 'poisoned' };

export const cacheKey = (tenantId: string, id: string): CacheItem => ({
  tenantId: { S: tenantId },
  memoryId: { S: id },
});

export function tombstoneEntry(tenantId: string, id: string, version: number, now: number): CacheEntry {
  const item = {
    ...cacheKey(tenantId, id),
    version: { N: String(version) },
    deleted: { BOOL: true },
    expiresAt: { N: String(now + tombstoneSeconds) },
  };
  return { tenantId, id, version, item };
}

/** @param now epoch seconds, like `ttlSeconds` after it. */
export function memoryEntry(tenantId: string, source: Memory, now: number, ttlSeconds: number): CacheEntry {
  if (source.deletedAt !== undefined) return tombstoneEntry(tenantId, source.id, source.version, now);
  // vectors are answered only to those who ask, and those read Postgres
  const { embedding: _, ...cached } = source;
  const body = JSON.stringify(cached);
  const ownEnd = source.expiresAt
    ? Math.floor(Date.parse(source.expiresAt) / 1000)
    : Number.POSITIVE_INFINITY;
  const item: CacheItem = {
    ...cacheKey(tenantId, source.id),
    version: { N: String(source.version) },
    deleted: { BOOL: false },
    expiresAt: { N: String(Math.min(now + ttlSeconds, ownEnd)) },
  };
  // too large to cache, but its version must still displace the older state
  if (Buffer.byteLength(body) <= largestBody) item.body = { S: body };
  return { tenantId, id: source.id, version: source.version, item };
}

export function decodeItem(item: CacheItem | undefined, id: string, now: number): Decoded {
  if (item === undefined) return { state: 'miss' };
  const version = Number(item.version?.N);
  const expiresAt = Number(item.expiresAt?.N);
  if (!Number.isSafeInteger(version) || !Number.isFinite(expiresAt)) return { state: 'poisoned' };
  if (expiresAt <= now) return { state: 'miss' };
  if (item.deleted?.BOOL === true) return { state: 'deleted', version };
  if (item.body === undefined) return { state: 'miss' };
  const decoded = parseBody(item.body.S);
  if (decoded?.id !== id || decoded.version !== version) return { state: 'poisoned' };
  return { state: 'memory', version, memory: decoded };
}

function parseBody(text: string | undefined): Memory | undefined {
  try {
    const parsed = memorySchema.safeParse(JSON.parse(text ?? ''));
    return parsed.success ? (parsed.data as Memory) : undefined;
  } catch {
    return undefined;
  }
}
