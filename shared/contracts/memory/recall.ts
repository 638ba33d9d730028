import * as z from 'zod';
import { cursor, embedding, memoryReference, name, queryInteger, timestamp } from '../fields.ts';
import { limits } from '../limits.ts';
import { filter, sort } from './filter.ts';
import { memory, memoryTypes, relationshipTypes, tiers, warning } from './model.ts';
import { givenRelationship, writeMetadata } from './store.ts';

const limit = (fallback: number) => z.number().int().min(1).max(limits.searchResults).default(fallback);

/** Which memories a recall looks at. Everything left out does not narrow it. */
export const scopeFields = {
  filter: filter.optional(),
  conversationId: name.optional(),
  agentId: name.optional(),
  userId: name.optional(),
  domain: name.optional(),
  memoryTypes: z.array(z.enum(memoryTypes)).min(1).optional(),
  tiers: z.array(z.enum(tiers)).min(1).optional(),
};

export const searchBody = z
  .strictObject({
    ...scopeFields,
    query: z.string().trim().min(1).max(limits.queryLength).optional(),
    embedding: embedding.optional(),
    limit: limit(10),
    threshold: z.number().min(0).max(1).optional(),
    /** How relevance, importance and recency are weighed; each 0 to 1. Relevance alone decides most by default. */
    weights: z
      .strictObject({
        similarity: z.number().min(0).max(1),
        importance: z.number().min(0).max(1),
        recency: z.number().min(0).max(1),
      })
      .partial()
      .optional(),
    asOf: timestamp.optional(),
    explain: z.boolean().default(false),
  })
  .refine((body) => body.query !== undefined || body.embedding !== undefined, {
    error: 'give a query, an embedding, or both',
  });
export type SearchBody = z.output<typeof searchBody>;

export const arms = z.object({
  lexical: z.number(),
  vector: z.number(),
  graph: z.number(),
  recency: z.number(),
});

export const searchResult = z.object({
  memory,
  score: z.number(),
  tier: z.enum(tiers),
  arms: arms.optional(),
  /** Every component of the score before and after weighting; names as in the table of weights. */
  explain: z.record(z.string(), z.unknown()).optional(),
});

export const searchAnswer = z.object({
  results: z.array(searchResult),
  metadata: z.object({ durationMs: z.number(), candidates: z.number() }),
  warnings: z.array(warning),
});

export const similarityBody = z.strictObject({
  ...scopeFields,
  embedding: embedding,
  limit: limit(10),
  threshold: z.number().min(-1).max(1).optional(),
});

export const queryBody = z.strictObject({
  ...scopeFields,
  sort: sort.default([{ field: 'createdAt', order: 'desc' }]),
  limit: limit(50),
  cursor: cursor.optional(),
  includeDeleted: z.boolean().default(false),
});
export const queryAnswer = z.object({
  memories: z.array(memory),
  nextCursor: z.string().optional(),
  metadata: z.object({ durationMs: z.number() }),
});

export const aggregationGroups = [
  'type',
  'tier',
  'domain',
  'agentId',
  'serviceId',
  'tag',
  'day',
  'month',
] as const;
export const aggregationsQuery = z.strictObject({
  groupBy: z.enum(aggregationGroups).optional(),
  domain: name.optional(),
  agentId: name.optional(),
  memoryType: z.enum(memoryTypes).optional(),
  since: timestamp.optional(),
  until: timestamp.optional(),
});
const statistics = {
  count: z.number(),
  averageImportance: z.number(),
  totalAccesses: z.number(),
};
export const aggregationsAnswer = z.object({
  total: z.object(statistics),
  byType: z.record(z.string(), z.number()),
  byTier: z.record(z.string(), z.number()),
  byDomain: z.record(z.string(), z.number()),
  byAgent: z.record(z.string(), z.number()),
  byTag: z.record(z.string(), z.number()),
  byDay: z.record(z.string(), z.number()),
  groups: z.array(z.object({ key: z.string(), ...statistics })).optional(),
});

/** An edge between two stored memories; both ends are named by id or external id. */
export const relateBody = z.strictObject({
  source: memoryReference,
  ...givenRelationship.shape,
  consistency: z.enum(['eventual', 'strict']).default('eventual'),
});
export const relateAnswer = z.object({
  id: z.string(),
  version: z.number(),
  relationship: z.object({
    source: z.string(),
    target: z.string(),
    targetId: z.string().optional(),
    type: z.enum(relationshipTypes),
    weight: z.number(),
  }),
  metadata: writeMetadata,
  warnings: z.array(warning),
});

export const relatedQuery = z.strictObject({
  depth: queryInteger(1, limits.relatedDepth).optional(),
  types: z
    .string()
    .max(512)
    .transform((value) => value.split(','))
    .pipe(z.array(z.enum([...relationshipTypes, 'MENTIONS'])))
    .optional(),
  limit: queryInteger(1, limits.searchResults).optional(),
});
export const relatedAnswer = z.object({
  id: z.string(),
  related: z.array(
    z.object({
      memory,
      depth: z.number(),
      weight: z.number(),
      /** The way there: ids of memories or keys of entities, and the type of each edge. */
      path: z.array(z.object({ type: z.string(), from: z.string(), to: z.string(), weight: z.number() })),
    }),
  ),
  metadata: z.object({ durationMs: z.number() }),
});

export const versionsQuery = z.strictObject({
  limit: queryInteger(1, limits.searchResults).optional(),
  cursor: cursor.optional(),
});
export const versionsAnswer = z.object({
  id: z.string(),
  versions: z.array(
    z.object({
      version: z.number(),
      operation: z.enum(['created', 'updated', 'related', 'deleted']),
      changedAt: z.string(),
      changedBy: z.string(),
      reason: z.string().optional(),
      memory,
    }),
  ),
  nextCursor: z.string().optional(),
});

/** A sliding window for a task: the recent turns and what recall finds for it, within a budget of tokens. */
export const contextBody = z.strictObject({
  ...scopeFields,
  query: z.string().trim().min(1).max(limits.queryLength),
  tokenBudget: z.number().int().min(50).max(200_000).default(2_000),
  recentTurns: z.number().int().min(0).max(100).default(6),
  limit: limit(20),
});
export const contextAnswer = z.object({
  /** The window as text, ready for a prompt: recalled memories first, then the recent turns in order. */
  text: z.string(),
  tokens: z.number(),
  tokenBudget: z.number(),
  items: z.array(
    z.object({
      source: z.enum(['recent', 'recalled', 'summary']),
      memoryId: z.string(),
      version: z.number(),
      text: z.string(),
      tokens: z.number(),
      score: z.number().optional(),
      occurredAt: z.string(),
    }),
  ),
  /** Memories that were found and did not fit. */
  omitted: z.number(),
  metadata: z.object({ durationMs: z.number() }),
  warnings: z.array(warning),
});

/** Seed 3's search: similarity 60 %, importance 30 %, decay 10 %. */
export const messageSearchQuery = z.strictObject({
  tenant_id: z.string().min(1).max(limits.nameLength).optional(),
  query: z.string().trim().min(1).max(limits.queryLength),
  top_k: queryInteger(1, limits.searchResults).optional(),
  conversation_id: name.optional(),
});
export const messageSearchAnswer = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      conversation_id: z.string().optional(),
      role: z.string().optional(),
      content: z.string(),
      score: z.number(),
      similarity: z.number(),
      importance: z.number(),
      decay: z.number(),
      created_at: z.string(),
    }),
  ),
});
