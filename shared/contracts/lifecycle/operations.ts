import * as z from 'zod';
import { memory } from '../memory/model.ts';
import { memoryParams } from '../memory/store.ts';
import { defineOperations } from '../operation.ts';
import { operation } from './operation.ts';

/** What moves memories between the tiers. */
export const lifecycleOperations = defineOperations({
  restoreMemory: {
    method: 'POST',
    path: '/api/memory/{id}/restore',
    summary: 'Bring a memory back from the archive',
    description: 'Repeating it does no harm; one that is warm stays as it is.',
    scope: 'memory:write',
    params: memoryParams,
    responses: { 200: z.object({ memory }), 202: operation },
    errors: ['not_found', 'gone', 'archive_unavailable', 'archive_corrupted'],
  },
  getOperation: {
    method: 'GET',
    path: '/api/operations/{id}',
    summary: 'How far a long operation is',
    description: 'Operations are kept for a week after their end.',
    scope: 'memory:read',
    params: memoryParams,
    responses: { 200: operation },
    errors: ['not_found'],
  },
});
