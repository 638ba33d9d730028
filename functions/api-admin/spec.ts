import { adminOperations } from '../../shared/contracts/admin/operations.ts';
import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'api-admin',
  summary: 'Health, state of the dual write, and the description of the API',
  trigger: { kind: 'http', operations: adminOperations },
  uses: ['syncState', 'graph', 'principals', 'rateLimits', 'tenantLimits'],
  timeoutSeconds: 15,
  memoryMb: 512,
});
