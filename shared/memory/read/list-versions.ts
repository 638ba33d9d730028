import type { z } from 'zod';
import type { ArchivedVersion } from '../../contracts/lifecycle/archived-entry.ts';
import type { versionsAnswer, versionsQuery } from '../../contracts/memory/recall.ts';
import type { MemoryState, MemoryVersion } from '../model.ts';
import type { ColdMemories, MemoryStore, PageCursors, Thawing } from '../ports.ts';
import { toWire } from '../wire.ts';
import { notFound } from './current-memory.ts';

const defaultLimit = 50;

export interface VersionsDeps {
  memories: MemoryStore;
  coldMemories: ColdMemories;
  pageCursors: PageCursors;
}

/**
 * The versions of a memory, newest first; those of a softly deleted one too. The archive holds the older ones of a
 * memory that is cold, or was once: where they are wanted it is asked, and may have to bring them back first.
 *
 * @throws AppError `not_found`; those of the archive.
 */
export async function listVersions(
  tenantId: string,
  id: string,
  { limit = defaultLimit, cursor }: z.output<typeof versionsQuery>,
  { memories, coldMemories, pageCursors }: VersionsDeps,
): Promise<z.output<typeof versionsAnswer> | Thawing> {
  const list = `versions ${id}`;
  const after = cursor === undefined ? undefined : await pageCursors.open(tenantId, list, cursor);
  const before = after && Number(after[0]);
  const versions = await memories.versions(tenantId, id, {
    limit: limit + 1,
    ...(before !== undefined && { before }),
  });
  if (versions.length <= limit) {
    const archived = await coldMemories.versions(tenantId, id);
    if ('operation' in archived) return archived;
    versions.push(
      ...olderVersions(archived, Math.min(before ?? Infinity, versions.at(-1)?.version ?? Infinity)),
    );
  }
  if (versions.length === 0 && before === undefined) throw notFound();
  const page = versions.slice(0, limit);
  const last = page.at(-1);
  return {
    id,
    versions: page.map((version) => ({ ...version, memory: toWire(version.memory) })),
    ...(versions.length > limit &&
      last && { nextCursor: await pageCursors.seal(tenantId, list, [last.version]) }),
  };
}

/** Newest first. A version that was restored between the two reads is in both and counts once. */
function olderVersions(archived: ArchivedVersion[], before: number): MemoryVersion[] {
  const createdAt = archived[0]?.changedAt ?? '';
  return archived
    .filter(({ version }) => version < before)
    .toReversed()
    .map(({ state, reason, ...version }) => ({
      ...version,
      ...(reason !== undefined && { reason }),
      memory: {
        ...(state as unknown as MemoryState),
        tier: 'cold',
        version: version.version,
        createdAt,
        updatedAt: version.changedAt,
        accessCount: 0,
      },
    }));
}
