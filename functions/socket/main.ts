import { pageCursorsProvider } from '../../shared/adapters/cursors/hmac-cursors.ts';
import { rateLimitsProvider } from '../../shared/adapters/dynamodb/provider.ts';
import { tokenVerifierProvider } from '../../shared/adapters/identity/verifier-provider.ts';
import { socketConnectionsProvider } from '../../shared/adapters/postgres/socket-connections.ts';
import { tenantLimitsProvider } from '../../shared/adapters/postgres/tenant-limits.ts';
import { socketsProvider } from '../../shared/adapters/sockets/provider.ts';
import { socketFunction } from '../../shared/runtime/socket/socket-function.ts';
import { handlers } from './handler.ts';
import { spec } from './spec.ts';

export const handler = socketFunction(spec, handlers, {
  tokenVerifier: tokenVerifierProvider,
  socketConnections: socketConnectionsProvider,
  sockets: socketsProvider,
  pageCursors: pageCursorsProvider,
  rateLimits: rateLimitsProvider,
  tenantLimits: tenantLimitsProvider,
});
