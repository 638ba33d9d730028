import { rateLimitsProvider } from '../../shared/adapters/dynamodb/provider.ts';
import { graphProvider } from '../../shared/adapters/graph/provider.ts';
import { principalsProvider } from '../../shared/adapters/postgres/principal-store.ts';
import { syncStateProvider } from '../../shared/adapters/postgres/sync-state.ts';
import { tenantLimitsProvider } from '../../shared/adapters/postgres/tenant-limits.ts';
import { httpFunction } from '../../shared/runtime/http/http-function.ts';
import { handlers } from './handler.ts';
import { spec } from './spec.ts';

export const handler = httpFunction(spec, handlers, {
  syncState: syncStateProvider,
  graph: graphProvider,
  principals: principalsProvider,
  rateLimits: rateLimitsProvider,
  tenantLimits: tenantLimitsProvider,
});
