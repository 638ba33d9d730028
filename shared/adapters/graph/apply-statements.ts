import { type RelationshipType, relationshipTypes } from '../../contracts/memory/model.ts';
import type { MemoryProjection } from '../../replication/model.ts';
import { type EdgeRow, edgeRows, latestStates, type MentionRow, mentionRows } from './projection-rows.ts';
import type { CypherStatement, CypherValue } from './runner.ts';

/*
 * How states become the graph, whatever the order in which they arrive:
 * - A memory is replaced when the version is newer than the graph's.
 * - A relation carries the version of the memory that declares it. It is merged unless the graph has a newer
 *   version of that memory, and pruned once it has. So an edge may come with either of its ends, before or after.
 * - An end that is not there yet is made as a placeholder of version 0, which every reader passes over. Skipping
 *   the edge instead would lose it when the other end's state was read before the edge was written.
 *
 * `SET x.tenantId = …` to its own value takes the node's write lock before its version is read; without it two
 * transactions could both pass the guard, and the older one could write last.
 */

/** The statements that apply these states, for one transaction. */
export function applyStatements(states: readonly MemoryProjection[]): CypherStatement[] {
  const latest = latestStates(states);
  const mentions = mentionRows(latest);
  const edges = edgeRows(states);
  const keys = latest.map(({ tenantId, id }) => ({ tenantId, id }));
  return [
    { text: upsertMemories, parameters: { rows: latest.map(memoryRow) } },
    ...(mentions.length > 0 ? [{ text: mergeMentions, parameters: { rows: mentions.map(plain) } }] : []),
    ...relationshipTypes.flatMap((type) => edgeStatement(type, edges)),
    { text: pruneOutgoing, parameters: { rows: keys } },
    ...(latest.some(({ deleted }) => deleted) ? [{ text: pruneIncoming, parameters: { rows: keys } }] : []),
  ];
}

const upsertMemories = `
UNWIND $rows AS row
MERGE (m:Memory {tenantId: row.tenantId, id: row.id})
  ON CREATE SET m.version = 0
  ON MATCH SET m.tenantId = row.tenantId
WITH m, row WHERE m.version < row.version
SET m = row.properties`;

const mergeMentions = `
UNWIND $rows AS row
MATCH (m:Memory {tenantId: row.tenantId, id: row.id}) WHERE m.version = row.version
MERGE (e:Entity {tenantId: row.tenantId, key: row.key})
  ON CREATE SET e.type = row.type, e.normalized = row.normalized, e.value = row.value
MERGE (m)-[r:MENTIONS]->(e)
SET r.tenantId = row.tenantId, r.confidence = row.confidence, r.version = row.version`;

/** A type of relationship takes no parameter: the text is one of the closed list of the contract. */
const mergeEdges = (type: RelationshipType) => `
UNWIND $rows AS row
MERGE (s:Memory {tenantId: row.tenantId, id: row.sourceId})
  ON CREATE SET s.version = 0
  ON MATCH SET s.tenantId = row.tenantId
MERGE (t:Memory {tenantId: row.tenantId, id: row.targetId})
  ON CREATE SET t.version = 0
  ON MATCH SET t.tenantId = row.tenantId
WITH s, t, row
WHERE s.version <= row.version AND coalesce(t.deleted, false) = false
MERGE (s)-[r:${type}]->(t)
  ON CREATE SET r.tenantId = row.tenantId, r.version = 0
WITH r, row WHERE r.version < row.version
SET r.weight = row.weight, r.version = row.version`;

/**
 * What an older version declared, which of a tombstone is all that it can have, and the entities that nothing
 * mentions any more.
 */
const pruneOutgoing = `
UNWIND $rows AS row
MATCH (m:Memory {tenantId: row.tenantId, id: row.id})-[r]->(x)
WHERE r.version < m.version
DELETE r
WITH DISTINCT x WHERE x:Entity
SET x.tenantId = x.tenantId
WITH x WHERE NOT (x)<-[:MENTIONS]-()
DELETE x`;

const pruneIncoming = `
UNWIND $rows AS row
MATCH (m:Memory {tenantId: row.tenantId, id: row.id})<-[r]-()
WHERE m.deleted = true
DELETE r`;

function edgeStatement(type: RelationshipType, edges: readonly EdgeRow[]): CypherStatement[] {
  const rows = edges.filter((edge) => edge.type === type).map(plain);
  return rows.length > 0 ? [{ text: mergeEdges(type), parameters: { rows } }] : [];
}

/** A row as a parameter: an interface is not a record to the compiler. */
const plain = (row: EdgeRow | MentionRow): CypherValue => ({ ...row });

function memoryRow(state: MemoryProjection): CypherValue {
  const { tenantId, id, version, digestHigh, digestLow, deleted } = state;
  const tombstone = { tenantId, id, version, digestHigh, digestLow, deleted };
  const { type, agentId, userId, conversationId, domain, importance, occurredAt } = state;
  const described = { type, agentId, userId, conversationId, domain, importance, occurredAt };
  return { tenantId, id, version, properties: deleted ? tombstone : { ...tombstone, ...described } };
}
