import { AppError } from '../../kernel/app-error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Operations } from '../../lifecycle/ports.ts';
import { type InMemoryState, nowIso, tenantOf } from './store/state.ts';

const dayMs = 86_400_000;

/** Operations beside the in-memory memories; those of a memory go with it. */
export function inMemoryOperations(shared: InMemoryState): Operations {
  return {
    async begin(tenantId, { kind, memoryId }) {
      const { operations, memories } = tenantOf(shared, tenantId);
      if (!memories.has(memoryId)) throw new AppError('not_found', 'There is no memory with this id.');
      const running = [...operations.values()].find(
        (known) => known.status === 'running' && known.kind === kind && known.memoryId === memoryId,
      );
      if (running) return { operation: { ...running }, created: false };
      const operation = {
        operationId: newId(),
        kind,
        memoryId,
        status: 'running' as const,
        createdAt: nowIso(shared),
      };
      operations.set(operation.operationId, operation);
      return { operation: { ...operation }, created: true };
    },

    async find(tenantId, operationId) {
      const found = tenantOf(shared, tenantId).operations.get(operationId);
      return found && { ...found };
    },

    async running(limit) {
      return [...shared.tenants]
        .flatMap(([tenantId, { operations }]) =>
          [...operations.values()].map((known) => ({ tenantId, ...known })),
        )
        .filter(({ status }) => status === 'running')
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt))
        .slice(0, limit)
        .map(({ tenantId, operationId }) => ({ tenantId, operationId }));
    },

    async finish(tenantId, operationId, error) {
      const { operations } = tenantOf(shared, tenantId);
      const found = operations.get(operationId);
      if (found?.status !== 'running') return;
      const status = error === undefined ? 'succeeded' : 'failed';
      operations.set(operationId, {
        ...found,
        status,
        finishedAt: nowIso(shared),
        ...(error !== undefined && { error }),
      });
    },

    async expire(afterDays) {
      const before = new Date(shared.clock.now().getTime() - afterDays * dayMs).toISOString();
      let expired = 0;
      for (const { operations } of shared.tenants.values()) {
        for (const { operationId, finishedAt } of [...operations.values()]) {
          if (finishedAt !== undefined && finishedAt <= before && operations.delete(operationId))
            expired += 1;
        }
      }
      return expired;
    },
  };
}
