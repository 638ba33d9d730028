import { defineFunction } from '../../shared/contracts/function-spec.ts';

export const spec = defineFunction({
  name: 'accept-events',
  summary: 'Store memories that other services request over the bus',
  trigger: { kind: 'bus', events: ['memory.store.requested'] },
  uses: [
    'memories',
    'syncState',
    'graph',
    'hotCache',
    'graphChanges',
    'embedder',
    'entityExtractor',
    'redactor',
    'answers',
    'outbox',
    'eventBus',
    'socketConnections',
    'rateLimits',
    'tenantLimits',
  ],
  timeoutSeconds: 60,
  memoryMb: 1024,
});
