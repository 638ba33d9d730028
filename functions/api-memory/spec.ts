import { defineFunction } from '../../shared/contracts/function-spec.ts';
import { lifecycleOperations } from '../../shared/contracts/lifecycle/operations.ts';
import { aliasOperations } from '../../shared/contracts/memory/aliases.ts';
import { memoryOperations } from '../../shared/contracts/memory/operations.ts';

export const spec = defineFunction({
  name: 'api-memory',
  summary: 'Store, recall, relate and forget memories',
  trigger: { kind: 'http', operations: { ...memoryOperations, ...aliasOperations, ...lifecycleOperations } },
  uses: [
    'memories',
    'recallIndex',
    'answers',
    'syncState',
    'graph',
    'hotCache',
    'graphChanges',
    'embedder',
    'entityExtractor',
    'redactor',
    'memoryArchive',
    'archiveCatalogue',
    'operations',
    'pageCursors',
    'principals',
    'outbox',
    'eventBus',
    'socketConnections',
    'rateLimits',
    'tenantLimits',
  ],
  timeoutSeconds: 29,
  memoryMb: 1024,
});
