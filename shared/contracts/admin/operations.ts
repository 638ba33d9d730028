import * as z from 'zod';
import { defineOperations } from '../operation.ts';
import { limitsAnswer } from './limits.ts';

const storeHealth = z.object({ available: z.boolean(), healthy: z.boolean(), lastCheck: z.string() });
const syncStatistics = z.object({
  vectorStoreCount: z.number(),
  graphStoreCount: z.number(),
  syncPercentage: z.number(),
});

export const persistenceStatusAnswer = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  stores: z.object({ vectorStore: storeHealth, graphStore: storeHealth }),
  metrics: syncStatistics.extend({ totalMemories: z.number() }),
  sync: syncStatistics,
});

export const adminOperations = defineOperations({
  health: {
    method: 'GET',
    path: '/v1/admin/health',
    summary: 'Whether the service and its stores answer',
    scope: 'public',
    responses: {
      200: z.object({
        status: z.enum(['healthy', 'degraded']),
        stores: z.record(z.string(), z.enum(['up', 'down'])),
      }),
      503: z.object({ status: z.literal('unhealthy'), stores: z.record(z.string(), z.enum(['up', 'down'])) }),
    },
    errors: [],
  },
  persistenceStatus: {
    method: 'GET',
    path: '/api/persistence/status',
    summary: "Health of both stores and how much of the tenant's memories the graph has",
    scope: 'persistence:read',
    responses: { 200: persistenceStatusAnswer },
    errors: [],
  },
  tenantLimits: {
    method: 'GET',
    path: '/v1/admin/limits',
    summary: "The tenant's limits and what is left of them",
    scope: 'admin:read',
    responses: { 200: limitsAnswer },
    errors: [],
  },
  openApi: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This API as an OpenAPI 3.1 document',
    scope: 'public',
    responses: { 200: z.record(z.string(), z.unknown()) },
    errors: [],
  },
});
