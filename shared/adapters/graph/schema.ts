/** A key of the model: no two nodes of a label agree in all of these properties. */
export interface NodeKey {
  readonly name: string;
  readonly label: string;
  readonly properties: readonly string[];
}

/**
 * (:Memory {tenantId, id}) and (:Entity {tenantId, key}), joined by [:MENTIONS] and by the types of relationship
 * of the contract. Without these keys a race of two `MERGE` makes twins.
 */
export const nodeKeys: readonly NodeKey[] = [
  { name: 'memory_key', label: 'Memory', properties: ['tenantId', 'id'] },
  { name: 'entity_key', label: 'Entity', properties: ['tenantId', 'key'] },
];

/** Look-ups that the keys do not serve. */
export const nodeIndexes: readonly NodeKey[] = [
  { name: 'memory_tenant', label: 'Memory', properties: ['tenantId'] },
];

const columns = ({ properties }: NodeKey) => properties.map((property) => `n.${property}`).join(', ');

export const createKey = (key: NodeKey): string =>
  `CREATE CONSTRAINT ${key.name} IF NOT EXISTS FOR (n:${key.label}) REQUIRE (${columns(key)}) IS UNIQUE`;

export const createIndex = (index: NodeKey): string =>
  `CREATE INDEX ${index.name} IF NOT EXISTS FOR (n:${index.label}) ON (${columns(index)})`;
