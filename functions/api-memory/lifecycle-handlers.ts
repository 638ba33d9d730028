import type { WireOperation } from '../../shared/contracts/lifecycle/operation.ts';
import type { lifecycleOperations } from '../../shared/contracts/lifecycle/operations.ts';
import { findOperation } from '../../shared/lifecycle/find-operation.ts';
import { toWire } from '../../shared/memory/wire.ts';
import { restoreMemory } from '../../shared/memory/write/restore-memory.ts';
import type { OperationHandlers } from '../../shared/runtime/handlers.ts';
import { etag, type MemoryDeps } from './context.ts';

/** How often the scheduled run looks, so that asking more often tells nothing new. */
const retryAfterSeconds = 300;

/** What takes longer than a request: where to ask for it, and when. */
export const accepted = (operation: WireOperation) => ({
  status: 202 as const,
  body: operation,
  headers: {
    location: `/api/operations/${operation.operationId}`,
    'retry-after': String(retryAfterSeconds),
  },
});

/** Between the tiers, and how far that is. */
export const lifecycleHandlers = (deps: MemoryDeps): OperationHandlers<typeof lifecycleOperations> => ({
  restoreMemory: async ({ params }, { caller }) => {
    const restored = await restoreMemory(caller.tenantId, params.id, deps);
    if ('operation' in restored) return accepted(restored.operation);
    const { memory } = restored;
    return { status: 200, body: { memory: toWire(memory) }, headers: etag(memory.version) };
  },
  getOperation: async ({ params }, { caller }) => ({
    status: 200,
    body: await findOperation(caller.tenantId, params.id, deps),
  }),
});
