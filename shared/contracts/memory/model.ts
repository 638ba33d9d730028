import * as z from 'zod';
import { jsonObject } from '../json.ts';

export const memoryTypes = ['working', 'episodic', 'semantic', 'procedural', 'business'] as const;
export type MemoryType = (typeof memoryTypes)[number];

/** Where a memory is kept: `warm` in Postgres, `cold` in the archive; `hot` means the cache answered. */
export const tiers = ['hot', 'warm', 'cold'] as const;
export type Tier = (typeof tiers)[number];

/** Relationship types are a closed set because they become types of the graph, which take no parameters. */
export const relationshipTypes = [
  'RELATED_TO',
  'SUPPORTS',
  'CONTRADICTS',
  'CAUSED_BY',
  'DERIVED_FROM',
  'SUPERSEDES',
  'PART_OF',
  'FOLLOWS',
  'REFERENCES',
  'SUMMARIZES',
] as const;
export type RelationshipType = (typeof relationshipTypes)[number];

export const entityTypes = [
  'person',
  'organization',
  'place',
  'date',
  'product',
  'project',
  'topic',
  'email',
  'phone',
  'url',
  'money',
  'quantity',
  'hashtag',
  'other',
] as const;
export type EntityType = (typeof entityTypes)[number];

/** An entity as the service answers it. `normalized` with `type` is its identity within a tenant. */
export const entity = z.object({
  type: z.enum(entityTypes),
  value: z.string(),
  normalized: z.string(),
  confidence: z.number(),
  source: z.string(),
});

export const relationship = z.object({
  /** What the caller named: an id or an external id. */
  target: z.string(),
  /** The id it resolved to; absent while that memory is not there. */
  targetId: z.string().optional(),
  type: z.enum(relationshipTypes),
  weight: z.number(),
});

/** A memory as every operation under /api answers it. */
export const memory = z.object({
  id: z.string(),
  externalId: z.string().optional(),
  type: z.enum(memoryTypes),
  tier: z.enum(tiers),
  agentId: z.string().optional(),
  serviceId: z.string().optional(),
  userId: z.string().optional(),
  conversationId: z.string().optional(),
  sessionId: z.string().optional(),
  role: z.string().optional(),
  domain: z.string().optional(),
  content: z.union([z.string(), jsonObject]),
  summary: z.string().optional(),
  tags: z.array(z.string()),
  importance: z.number(),
  metadata: jsonObject,
  entities: z.array(entity),
  relationships: z.array(relationship),
  accessCount: z.number(),
  lastAccessedAt: z.string().optional(),
  version: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  occurredAt: z.string(),
  validFrom: z.string().optional(),
  validTo: z.string().optional(),
  expiresAt: z.string().optional(),
  deletedAt: z.string().optional(),
  embedding: z.array(z.number()).optional(),
  /** Of a cold memory: since when, and whether `content` is only how it begins; the whole is read by its id. */
  archived: z.object({ at: z.string(), excerpt: z.boolean() }).optional(),
});
export type WireMemory = z.output<typeof memory>;

export const warning = z.object({ code: z.string(), detail: z.string() }).catchall(z.unknown());
