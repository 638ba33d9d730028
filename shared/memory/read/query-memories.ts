import type { z } from 'zod';
import type { queryAnswer, queryBody } from '../../contracts/memory/recall.ts';
import { type Clock, elapsedMs } from '../../kernel/clock.ts';
import { presentFields } from '../../kernel/present-fields.ts';
import type { MemoryStore, PageCursors } from '../ports.ts';
import { toWire } from '../wire.ts';

export interface QueryDeps {
  memories: MemoryStore;
  pageCursors: PageCursors;
  clock: Clock;
}

/** One page of the memories in a scope. A cursor holds for the sort that it was given under. */
export async function queryMemories(
  tenantId: string,
  { sort, limit, cursor, includeDeleted, ...scope }: z.output<typeof queryBody>,
  { memories, pageCursors, clock }: QueryDeps,
): Promise<z.output<typeof queryAnswer>> {
  const started = clock.now();
  const list = `query ${sort.map(({ field, order }) => `${field} ${order}`).join(', ')}`;
  const page = await memories.query(tenantId, {
    scope: presentFields(scope),
    sort,
    limit,
    includeDeleted,
    ...(cursor !== undefined && { after: await pageCursors.open(tenantId, list, cursor) }),
  });
  return {
    memories: page.memories.map(toWire),
    ...(page.next && { nextCursor: await pageCursors.seal(tenantId, list, page.next) }),
    metadata: { durationMs: elapsedMs(clock, started) },
  };
}
