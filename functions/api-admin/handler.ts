import { openApiDocument } from '../../shared/contracts/openapi.ts';
import { operations } from '../../shared/contracts/operations.ts';
import { describeLimits } from '../../shared/limits/describe-limits.ts';
import { persistenceStatus } from '../../shared/replication/persistence-status.ts';
import { serviceHealth } from '../../shared/replication/service-health.ts';
import type { HttpHandlers } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handlers: HttpHandlers<typeof spec> = (deps) => ({
  health: async () => {
    const health = await serviceHealth(deps);
    return health.status === 'unhealthy'
      ? { status: 503, body: { ...health, status: health.status } }
      : { status: 200, body: { ...health, status: health.status } };
  },
  persistenceStatus: async (_input, { caller }) => ({
    status: 200,
    body: await persistenceStatus(caller.tenantId, deps),
  }),
  tenantLimits: async (_input, { caller }) => ({
    status: 200,
    body: await describeLimits(caller.tenantId, deps),
  }),
  openApi: async (_input, { baseUrl }) => ({
    status: 200,
    body: openApiDocument(operations, { title: 'Strata', version: '1', serverUrl: baseUrl }),
  }),
});
