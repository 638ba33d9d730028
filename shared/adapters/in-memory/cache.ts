import type { Clock } from '../../kernel/clock.ts';
import type { Memory } from '../../memory/model.ts';
import type { MemoryCache } from '../../memory/ports.ts';

interface Entry {
  version: number;
  /** Absent for a tombstone. */
  memory?: Memory;
  expiresAt: number;
}

const capacity = 10_000;
const tombstoneSeconds = 900;

/** The hot cache in this process's memory: same guards and expiry as the one in DynamoDB. */
export function inMemoryMemoryCache({
  clock,
  ttlSeconds = 60,
}: {
  clock: Clock;
  ttlSeconds?: number;
}): MemoryCache {
  const entries = new Map<string, Entry>();
  const keyOf = (tenantId: string, id: string) => JSON.stringify([tenantId, id]);
  const now = () => clock.now().getTime();

  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    return entry && entry.expiresAt > now() ? entry : undefined;
  }

  function set(key: string, entry: Entry) {
    entries.delete(key);
    entries.set(key, entry);
    if (entries.size <= capacity) return;
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  }

  function bury(key: string, version: number) {
    if ((live(key)?.version ?? 0) <= version) {
      set(key, { version, expiresAt: now() + tombstoneSeconds * 1000 });
    }
  }

  return {
    async get(tenantId, id) {
      const entry = live(keyOf(tenantId, id));
      if (entry === undefined) return undefined;
      return entry.memory ? structuredClone(entry.memory) : 'deleted';
    },
    async put(tenantId, memories) {
      for (const memory of memories) {
        const key = keyOf(tenantId, memory.id);
        const held = live(key);
        if (held && held.version >= memory.version) continue;
        if (memory.deletedAt !== undefined) {
          bury(key, memory.version);
          continue;
        }
        const { embedding: _, ...cached } = structuredClone(memory);
        const ownEnd = memory.expiresAt ? Date.parse(memory.expiresAt) : Number.POSITIVE_INFINITY;
        set(key, {
          version: memory.version,
          memory: cached,
          expiresAt: Math.min(now() + ttlSeconds * 1000, ownEnd),
        });
      }
    },
    async remove(tenantId, gone) {
      for (const { id, version } of gone) bury(keyOf(tenantId, id), version);
      return true;
    },
  };
}
