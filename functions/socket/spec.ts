import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'socket',
  summary: 'Clients of the WebSocket API: who they are, what they hear, what they say to each other',
  trigger: { kind: 'socket' },
  uses: ['tokenVerifier', 'socketConnections', 'sockets', 'pageCursors', 'rateLimits', 'tenantLimits'],
  // API Gateway waits for 29 seconds
  timeoutSeconds: 29,
  memoryMb: 512,
});
