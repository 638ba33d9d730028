import { coldMemories } from '../../shared/lifecycle/cold-memories.ts';
import type { ChangeDeps } from '../../shared/memory/write/change-memory.ts';
import type { WriteContext } from '../../shared/memory/write/context.ts';
import { replicateInline } from '../../shared/replication/replicate-inline.ts';
import type { Deps } from '../../shared/runtime/deps.ts';
import type { RequestContext } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export type MemoryDeps = Deps<typeof spec> & ChangeDeps;

/** The ports of the function with those that other domains make of them: what follows a write, the cold tier. */
export const memoryDeps = (deps: Deps<typeof spec>): MemoryDeps => ({
  ...deps,
  projector: replicateInline(deps),
  coldMemories: coldMemories(deps),
});

/** Who writes, under which key, and at which version: from the request's context alone. */
export function writeContext(
  context: Pick<RequestContext, 'idempotency' | 'ifMatch'> & {
    caller: { tenantId: string; subject: string };
  },
): Omit<WriteContext, 'consistency'> & { ifMatch?: number } {
  const { caller, idempotency, ifMatch } = context;
  return {
    tenantId: caller.tenantId,
    actor: caller.subject,
    ...(idempotency && { idempotency }),
    ...(ifMatch !== undefined && { ifMatch }),
  };
}

/** A memory's version as an entity tag, for `If-Match` on the next change. */
export const etag = (version: number) => ({ etag: `"${version}"` });
