import { defineFunction } from '../../shared/contracts/function-spec.ts';
import { identityOperations } from '../../shared/contracts/identity/operations.ts';

export const spec = defineFunction({
  name: 'api-identity',
  summary: 'Tokens against API keys, discovery document and public keys',
  trigger: { kind: 'http', operations: identityOperations },
  uses: ['apiKeys', 'tokenSigner', 'principals', 'rateLimits', 'tenantLimits'],
  timeoutSeconds: 10,
  memoryMb: 512,
});
