import * as z from 'zod';
import { importance10, memoryId, name, queryInteger } from '../fields.ts';
import { memoryContent } from '../json.ts';
import { limits } from '../limits.ts';
import { defineOperations } from '../operation.ts';
import type { memoryTypes } from './model.ts';
import { memoryOperations } from './operations.ts';
import * as recall from './recall.ts';
import * as store from './store.ts';

/** Seed 5's tiers are Strata's types under older names. (docs/compatibility.md says what the seeds are.) */
export const seedTiers = {
  short_term: 'working',
  working: 'working',
  long_term: 'semantic',
  episodic: 'episodic',
  semantic: 'semantic',
  procedural: 'procedural',
} as const satisfies Record<string, (typeof memoryTypes)[number]>;
const seedTier = z.enum(Object.keys(seedTiers) as [keyof typeof seedTiers, ...(keyof typeof seedTiers)[]]);

/** The same operations under the names and shapes of the systems that came before. */
export const aliasOperations = defineOperations({
  ingestMessage: {
    method: 'POST',
    path: '/v1/messages',
    summary: 'Store one message of a conversation',
    scope: 'memory:write',
    body: store.messageBody,
    responses: { 201: store.messageAnswer },
    errors: [
      'tenant_mismatch',
      'gone',
      'quota_exceeded',
      'personal_data_blocked',
      'idempotency_key_reused',
      'embedding_unavailable',
    ],
    idempotent: true,
  },
  searchMessages: {
    method: 'GET',
    path: '/v1/memory/search',
    summary: 'Recall weighted 60 % similarity, 30 % importance, 10 % decay',
    scope: 'memory:read',
    query: recall.messageSearchQuery,
    responses: { 200: recall.messageSearchAnswer },
    errors: ['tenant_mismatch', 'embedding_unavailable'],
  },
  storeEntry: {
    method: 'POST',
    path: '/memory/store',
    summary: 'Store: store(entry, tier, metadata)',
    scope: 'memory:write',
    body: z.strictObject({
      entry: memoryContent,
      tier: seedTier.default('semantic'),
      metadata: store.storeMetadata.default({}),
      importance: importance10.optional(),
      agentId: name.optional(),
    }),
    responses: { 201: store.storeAnswer, 200: store.storeAnswer },
    errors: [
      'gone',
      'quota_exceeded',
      'personal_data_blocked',
      'idempotency_key_reused',
      'embedding_unavailable',
    ],
    idempotent: true,
  },
  recallEntries: {
    method: 'GET',
    path: '/memory/recall',
    summary: 'Recall: recall(query, filters)',
    scope: 'memory:read',
    query: z.strictObject({
      query: z.string().trim().min(1).max(limits.queryLength),
      tier: seedTier.optional(),
      conversationId: name.optional(),
      agentId: name.optional(),
      limit: queryInteger(1, limits.searchResults).optional(),
    }),
    responses: { 200: recall.searchAnswer },
    errors: ['embedding_unavailable'],
  },
  updateEntry: {
    method: 'PATCH',
    path: '/memory/update',
    summary: 'Update: update(id, changes)',
    scope: 'memory:write',
    body: z.strictObject({ id: memoryId, changes: store.updateBody }),
    responses: { 200: store.storeAnswer },
    errors: memoryOperations.updateMemory.errors,
    idempotent: true,
    conditional: true,
  },
  forgetEntry: {
    method: 'DELETE',
    path: '/memory/forget',
    summary: 'Forget: forget(id)',
    scope: 'memory:delete',
    query: z.strictObject({ id: memoryId, ...store.deleteQuery.shape }),
    responses: { 200: store.deleteAnswer },
    errors: memoryOperations.deleteMemory.errors,
    idempotent: true,
    conditional: true,
  },
});
