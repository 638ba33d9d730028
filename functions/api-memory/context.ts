import type { WriteContext, WriteDeps } from '../../shared/memory/write/context.ts';
import { replicateInline } from '../../shared/replication/replicate-inline.ts';
import type { Deps } from '../../shared/runtime/deps.ts';
import type { RequestContext } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export type MemoryDeps = Deps<typeof spec> & WriteDeps;

/** The ports of the function with what is tried right after a write, which is made of some of them. */
export const withProjector = (deps: Deps<typeof spec>): MemoryDeps => ({
  ...deps,
  projector: replicateInline(deps),
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
