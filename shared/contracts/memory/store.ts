import * as z from 'zod';
import {
  embedding,
  importance1,
  importance10,
  memoryId,
  memoryReference,
  name,
  queryBoolean,
  timestamp,
} from '../fields.ts';
import { memoryContent, metadataObject } from '../json.ts';
import { limits } from '../limits.ts';
import { entityTypes, memory, memoryTypes, relationshipTypes, warning } from './model.ts';

export const tags = z.array(z.string().min(1).max(limits.tagLength)).max(limits.tags);

/** An entity that the caller found itself (seed 2's shape). */
export const givenEntity = z.strictObject({
  type: z.enum(entityTypes),
  value: z.string().min(1).max(limits.nameLength),
  normalized: z.string().min(1).max(limits.nameLength).optional(),
  confidence: z.number().min(0).max(1).default(1),
  source: z.string().min(1).max(limits.nameLength).default('caller'),
});

export const givenRelationship = z.strictObject({
  target: memoryReference,
  type: z.enum(relationshipTypes).default('RELATED_TO'),
  weight: z.number().min(0).max(1).default(1),
});

const relationships = z.union([
  z.array(givenRelationship).max(limits.relationships),
  z.strictObject({
    relatedMemories: z.array(memoryReference).max(limits.relationships).default([]),
    edges: z.array(givenRelationship).max(limits.relationships).default([]),
  }),
]);

/** Whose memory it is and where it belongs; shared by every way of storing. */
const provenance = {
  externalId: name.optional(),
  agentId: name.optional(),
  serviceId: name.optional(),
  userId: name.optional(),
  conversationId: name.optional(),
  sessionId: name.optional(),
  role: name.optional(),
  domain: name.optional(),
};

const when = {
  /** When it happened; `metadata.timestamp` when absent, else the time of storing. */
  occurredAt: timestamp.optional(),
  validFrom: timestamp.optional(),
  validTo: timestamp.optional(),
  /** After this many seconds the memory is no longer answered; working memory has 86,400 when absent. */
  ttlSeconds: z.number().int().min(1).max(315_360_000).optional(),
};

const consistency = z.enum(['eventual', 'strict']).default('eventual');

const liftedMetadata = z.looseObject({
  timestamp: timestamp.optional(),
  tags: tags.optional(),
  importance: importance10.optional(),
  sessionId: name.optional(),
});

const metadataWith = (lifted: z.ZodObject) =>
  metadataObject.superRefine((metadata, context) => {
    const checked = lifted.safeParse(metadata);
    for (const issue of checked.error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
    }
  });

/**
 * Free metadata. Four keys of seed 1 also set fields of the memory where the field itself is absent, so they are
 * checked like those fields; the counters beside them are kept as given, because the service counts for itself.
 */
export const storeMetadata = metadataWith(liftedMetadata);
/** A message's importance comes from its own field or its text, on another scale. */
const messageMetadata = metadataWith(liftedMetadata.omit({ importance: true }));

/** Seed 1's and seed 2's bodies are both this one. */
const storeItem = z
  .strictObject({
    ...provenance,
    ...when,
    memoryType: z.enum(memoryTypes).default('semantic'),
    content: memoryContent,
    summary: z.string().min(1).max(limits.contentBytes).optional(),
    tags: tags.optional(),
    importance: importance10.optional(),
    metadata: storeMetadata.default({}),
    extractEntities: z.boolean().default(true),
    entities: z.array(givenEntity).max(limits.entities).optional(),
    embedding: embedding.optional(),
    embeddings: embedding.optional(),
    relationships: relationships.optional(),
  })
  .refine((item) => !(item.embedding && item.embeddings), {
    path: ['embeddings'],
    error: 'give either embedding or embeddings, which are two names of the same field',
  })
  .refine((item) => !(item.validFrom && item.validTo) || item.validFrom <= item.validTo, {
    path: ['validTo'],
    error: 'must not be before validFrom',
  });

export const storeBody = storeItem.safeExtend({ consistency });
export const storeBatchBody = z.strictObject({
  items: z.array(z.unknown()).min(1).max(limits.batchItems),
  consistency,
});
/** Each item of a batch is validated by itself, so that one bad item does not refuse the others. */
export const storeBatchItem = storeItem;
export type StoreItem = z.output<typeof storeItem>;

/** How a write went in both stores; seed 2's names. */
export const writeMetadata = z.object({
  vectorWriteSuccess: z.boolean(),
  graphWriteSuccess: z.boolean(),
  durationMs: z.number(),
});

export const storeAnswer = z.object({
  id: z.string(),
  version: z.number(),
  memory,
  metadata: writeMetadata,
  warnings: z.array(warning),
});

export const storeBatchAnswer = z.object({
  results: z.array(
    z.union([
      z.object({ index: z.number(), status: z.number(), id: z.string(), version: z.number() }),
      z.object({ index: z.number(), status: z.number(), code: z.string(), detail: z.string() }),
    ]),
  ),
  metadata: writeMetadata,
  warnings: z.array(warning),
});

export const memoryParams = z.strictObject({ id: memoryId });

export const getQuery = z.strictObject({
  include: z.enum(['embedding']).optional(),
});

/** Every field may be left out; `null` removes an optional one. */
export const updateBody = z
  .strictObject({
    content: memoryContent,
    summary: z.string().min(1).max(limits.contentBytes).nullable(),
    tags,
    importance: importance10,
    metadata: metadataObject,
    memoryType: z.enum(memoryTypes),
    domain: name.nullable(),
    occurredAt: timestamp,
    validFrom: timestamp.nullable(),
    validTo: timestamp.nullable(),
    ttlSeconds: z.number().int().min(1).max(315_360_000).nullable(),
    extractEntities: z.boolean(),
    entities: z.array(givenEntity).max(limits.entities),
    embedding,
    consistency: z.enum(['eventual', 'strict']),
    reason: z.string().min(1).max(1_000),
  })
  .partial()
  .refine((patch) => Object.keys(patch).some((key) => key !== 'reason' && key !== 'consistency'), {
    error: 'name at least one field to change',
  });
export type MemoryPatch = z.output<typeof updateBody>;

export const deleteQuery = z.strictObject({
  hard: queryBoolean.optional(),
  cascadeGraph: queryBoolean.optional(),
  reason: z.string().min(1).max(1_000).optional(),
});

/** What a deletion reached. A hard one lists every store it erased the memory from. */
export const deleteAnswer = z.object({
  id: z.string(),
  version: z.number(),
  hard: z.boolean(),
  receipt: z.array(
    z.object({
      store: z.enum(['postgres', 'graph', 'cache', 'queue', 'archive']),
      outcome: z.string(),
      count: z.number(),
    }),
  ),
  metadata: writeMetadata,
});

/** Seed 3's message, as written there. */
export const messageBody = z.strictObject({
  tenant_id: z.string().min(1).max(limits.nameLength).optional(),
  conversation_id: name,
  role: name,
  content: z.string().trim().min(1).max(limits.contentBytes),
  importance: importance1.optional(),
  metadata: messageMetadata.default({}),
  user_id: name.optional(),
});
export const messageAnswer = z.object({
  id: z.string(),
  tenant_id: z.string(),
  conversation_id: z.string(),
  role: z.string(),
  content: z.string(),
  importance: z.number(),
  created_at: z.string(),
});
