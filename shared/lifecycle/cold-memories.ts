import type { ArchivedVersion } from '../contracts/lifecycle/archived-entry.ts';
import { fromHalves } from '../kernel/halves.ts';
import type { Operation, Operations } from './ports.ts';
import { type ReadDeps, readArchived } from './read-archived.ts';
import { restoreArchived } from './restore-archived.ts';

export interface ColdDeps extends ReadDeps {
  operations: Operations;
}

/** Under way: the archive has to bring back the object first. */
interface Thawing {
  operation: Operation;
}

/** Cold memories as the memory domain asks for them (its port `ColdMemories`), over the archive and its catalogue. */
export function coldMemories(deps: ColdDeps) {
  /** Asks for the objects once; the scheduled run asks again for what was not taken. */
  async function thaw(
    tenantId: string,
    kind: Operation['kind'],
    memoryId: string,
    keys: string[],
  ): Promise<Thawing> {
    const { operation, created } = await deps.operations.begin(tenantId, { kind, memoryId });
    if (created) await Promise.all(keys.map((key) => deps.memoryArchive.thaw(key)));
    return { operation };
  }

  return {
    async current(
      tenantId: string,
      memoryId: string,
    ): Promise<{ version: ArchivedVersion; embedding?: number[] } | Thawing | undefined> {
      const archived = await readArchived(tenantId, memoryId, 'newest', deps);
      if (archived.state === 'frozen') return thaw(tenantId, 'read', memoryId, archived.keys);
      const newest = archived.entries.at(-1);
      const version = newest?.entry.versions.at(-1);
      if (newest === undefined || version === undefined) return undefined;
      return { version, ...(newest.vector && { embedding: fromHalves(newest.vector) }) };
    },

    async versions(tenantId: string, memoryId: string): Promise<ArchivedVersion[] | Thawing> {
      const archived = await readArchived(tenantId, memoryId, 'all', deps);
      if (archived.state === 'frozen') return thaw(tenantId, 'read', memoryId, archived.keys);
      return archived.entries.flatMap(({ entry }) => entry.versions);
    },

    async restore(tenantId: string, memoryId: string): Promise<Thawing | undefined> {
      const restored = await restoreArchived(tenantId, memoryId, deps);
      if (restored === 'warm' || restored === 'gone') return undefined;
      return thaw(tenantId, 'restore', memoryId, restored.keys);
    },
  };
}
