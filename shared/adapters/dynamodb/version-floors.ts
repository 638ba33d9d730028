import type { Clock } from '../../kernel/clock.ts';

const capacity = 10_000;

/**
 * The versions that this process failed to bring to the cache. Until the stale entry that may be there has
 * expired, older versions than these count as misses, so that a caller still reads its own write.
 */
export function versionFloors(clock: Clock, lifetimeSeconds: number) {
  const floors = new Map<string, { version: number; until: number }>();

  return {
    raise(key: string, version: number) {
      const current = floors.get(key);
      floors.delete(key);
      floors.set(key, {
        version: Math.max(version, current?.version ?? 0),
        until: clock.now().getTime() + lifetimeSeconds * 1000,
      });
      if (floors.size <= capacity) return;
      const [oldest] = floors.keys();
      if (oldest !== undefined) floors.delete(oldest);
    },
    allows(key: string, version: number): boolean {
      const floor = floors.get(key);
      if (floor === undefined) return true;
      if (floor.until > clock.now().getTime()) return version >= floor.version;
      floors.delete(key);
      return true;
    },
  };
}
