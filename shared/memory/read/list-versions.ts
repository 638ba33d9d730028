import type { z } from 'zod';
import type { versionsAnswer, versionsQuery } from '../../contracts/memory/recall.ts';
import type { MemoryStore, PageCursors } from '../ports.ts';
import { toWire } from '../wire.ts';
import { notFound } from './current-memory.ts';

const defaultLimit = 50;

/** The versions of a memory, newest first; those of a softly deleted one too. @throws AppError `not_found`. */
export async function listVersions(
  tenantId: string,
  id: string,
  { limit = defaultLimit, cursor }: z.output<typeof versionsQuery>,
  { memories, pageCursors }: { memories: MemoryStore; pageCursors: PageCursors },
): Promise<z.output<typeof versionsAnswer>> {
  const list = `versions ${id}`;
  const after = cursor === undefined ? undefined : await pageCursors.open(tenantId, list, cursor);
  const before = after && Number(after[0]);
  const versions = await memories.versions(tenantId, id, {
    limit: limit + 1,
    ...(before !== undefined && { before }),
  });
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
