import type { RelationshipType } from '../../contracts/memory/model.ts';
import { rareDegree } from './entity-recall.ts';
import type { CypherStatement } from './runner.ts';

/*
 * `deleted = false` is also false for a placeholder, which has no such property, so one predicate passes over
 * everything that cannot be read. A node of another tenant cannot be reached, as no relation crosses; the
 * predicate on the far end costs nothing and holds even if one did.
 */

/** Rows of one expansion: bounds the work that a hub can cause. */
const hopRows = 2_000;
/** Entities whose other mentions one expansion follows, rarest first. */
const entitiesFollowed = 500;
/** Mentions of the entities asked for that are scored. */
const mentionRows = 2_000;

export interface RelationHop {
  at: string;
  source: string;
  target: string;
  type: RelationshipType;
  weight: number;
}

export const relationHops = (tenantId: string, ids: string[], types: readonly string[]): CypherStatement => ({
  text: `
UNWIND $ids AS id
MATCH (m:Memory {tenantId: $tenantId, id: id})-[r]-(n:Memory)
WHERE m.deleted = false AND n.deleted = false AND n.tenantId = $tenantId AND type(r) IN $types
RETURN m.id AS at, startNode(r).id AS source, endNode(r).id AS target, type(r) AS type, r.weight AS weight
ORDER BY weight DESC LIMIT $rows`,
  parameters: { tenantId, ids, types: [...types], rows: hopRows },
});

export interface EntityHop {
  at: string;
  key: string;
  other: string;
  confidence: number;
  otherConfidence: number;
}

export const entityHops = (tenantId: string, ids: string[]): CypherStatement => ({
  text: `
UNWIND $ids AS id
MATCH (m:Memory {tenantId: $tenantId, id: id})-[r:MENTIONS]->(e:Entity)
WHERE m.deleted = false
WITH m, r, e, COUNT { (e)<-[:MENTIONS]-() } AS degree
ORDER BY degree LIMIT $entities
MATCH (e)<-[q:MENTIONS]-(n:Memory)
WHERE n.id <> m.id AND n.deleted = false AND n.tenantId = $tenantId
RETURN m.id AS at, e.key AS key, n.id AS other, r.confidence AS confidence, q.confidence AS otherConfidence
LIMIT $rows`,
  parameters: { tenantId, ids, entities: entitiesFollowed, rows: hopRows },
});

export const mentionsOf = (tenantId: string, keys: string[]): CypherStatement => ({
  text: `
UNWIND $keys AS key
MATCH (e:Entity {tenantId: $tenantId, key: key})
WITH e, COUNT { (e)<-[:MENTIONS]-() } AS degree
ORDER BY degree
MATCH (e)<-[r:MENTIONS]-(m:Memory)
WHERE m.deleted = false AND m.tenantId = $tenantId
RETURN e.key AS key, degree, m.id AS id, r.confidence AS confidence
LIMIT $rows`,
  parameters: { tenantId, keys, rows: mentionRows },
});

export const sharedMentions = (tenantId: string, seeds: string[], except: string[]): CypherStatement => ({
  text: `
UNWIND $seeds AS seed
MATCH (m:Memory {tenantId: $tenantId, id: seed})-[q:MENTIONS]->(e:Entity)
WHERE m.deleted = false AND NOT e.key IN $except
WITH m, q, e, COUNT { (e)<-[:MENTIONS]-() } AS degree
WHERE degree <= $rare
MATCH (e)<-[r:MENTIONS]-(n:Memory)
WHERE n.id <> m.id AND n.deleted = false AND n.tenantId = $tenantId
RETURN m.id AS seed, q.confidence AS seedConfidence, e.key AS key, degree, n.id AS id, r.confidence AS confidence
LIMIT $rows`,
  parameters: { tenantId, seeds, except, rare: rareDegree, rows: hopRows },
});

export const countMemories = (tenantId: string): CypherStatement => ({
  text: 'MATCH (m:Memory {tenantId: $tenantId}) WHERE m.deleted = false RETURN count(m) AS memories',
  parameters: { tenantId },
});
