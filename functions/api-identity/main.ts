import { rateLimitsProvider } from '../../shared/adapters/dynamodb/provider.ts';
import { tokenSignerProvider } from '../../shared/adapters/identity/provider.ts';
import { apiKeysProvider } from '../../shared/adapters/postgres/api-key-store.ts';
import { principalsProvider } from '../../shared/adapters/postgres/principal-store.ts';
import { tenantLimitsProvider } from '../../shared/adapters/postgres/tenant-limits.ts';
import { httpFunction } from '../../shared/runtime/http/http-function.ts';
import { handlers } from './handler.ts';
import { spec } from './spec.ts';

export const handler = httpFunction(spec, handlers, {
  apiKeys: apiKeysProvider,
  tokenSigner: tokenSignerProvider,
  principals: principalsProvider,
  rateLimits: rateLimitsProvider,
  tenantLimits: tenantLimitsProvider,
});
