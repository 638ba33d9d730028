import type { CypherRunner } from '../../shared/adapters/graph/runner.ts';
import type { InMemoryGraph } from '../../shared/adapters/in-memory/graph.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import type { MemoryGraph } from '../../shared/memory/recall/ports.ts';
import type { GraphProjection } from '../../shared/replication/ports.ts';

/** All that a graph holds of some tenants, the same whatever holds it; placeholders are left out. */
export interface GraphContents {
  memories: Record<string, unknown>[];
  entities: { tenantId: string; key: string }[];
  mentions: { tenantId: string; id: string; key: string; confidence: number }[];
  edges: { tenantId: string; sourceId: string; type: string; targetId: string; weight: number }[];
}

export interface GraphUnderTest {
  graph: GraphProjection & MemoryGraph;
  contents(tenants: string[]): Promise<GraphContents>;
  close(): Promise<void>;
}

export type OpenGraph = (logger: Logger) => Promise<GraphUnderTest>;

/** Every part by tenant, then by id where it has one. */
export function sorted(contents: GraphContents): GraphContents {
  const inOrder = <T extends object>(items: T[]): T[] => {
    const order = (item: { tenantId?: unknown; id?: unknown }) =>
      JSON.stringify([item.tenantId, item.id ?? '', item]);
    return items
      .map((item) => ({ item, order: order(item) }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .map(({ item }) => item);
  };
  const { memories, entities, mentions, edges } = contents;
  return {
    memories: inOrder(memories),
    entities: inOrder(entities),
    mentions: inOrder(mentions),
    edges: inOrder(edges),
  };
}

/** Keys in order and no nulls: a graph store keeps neither. */
export const tidy = (properties: object) =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== null && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

export async function cypherContents(runner: CypherRunner, tenants: string[]): Promise<GraphContents> {
  const parameters = { tenants };
  const memories = await runner.read<{ properties: object }>({
    text: 'MATCH (m:Memory) WHERE m.tenantId IN $tenants AND m.version > 0 RETURN properties(m) AS properties',
    parameters,
  });
  const entities = await runner.read<GraphContents['entities'][number]>({
    text: 'MATCH (e:Entity) WHERE e.tenantId IN $tenants RETURN e.tenantId AS tenantId, e.key AS key',
    parameters,
  });
  const mentions = await runner.read<GraphContents['mentions'][number]>({
    text: `MATCH (m:Memory)-[r:MENTIONS]->(e:Entity) WHERE m.tenantId IN $tenants
      RETURN r.tenantId AS tenantId, m.id AS id, e.key AS key, r.confidence AS confidence`,
    parameters,
  });
  const edges = await runner.read<GraphContents['edges'][number]>({
    text: `MATCH (s:Memory)-[r]->(t:Memory) WHERE s.tenantId IN $tenants
      RETURN r.tenantId AS tenantId, s.id AS sourceId, type(r) AS type, t.id AS targetId, r.weight AS weight`,
    parameters,
  });
  return sorted({ memories: memories.map(({ properties }) => tidy(properties)), entities, mentions, edges });
}

export function inMemoryContents(graph: InMemoryGraph, tenants: string[]): GraphContents {
  const all = tenants.map((tenant) => graph.contents(tenant));
  const mentions = all.flatMap((tenant) => tenant.mentions);
  const entities = new Map(
    mentions.map(({ tenantId, key }) => [JSON.stringify([tenantId, key]), { tenantId, key }]),
  );
  return sorted({
    memories: all.flatMap(({ memories }) => memories.filter(({ version }) => (version ?? 0) > 0).map(tidy)),
    entities: [...entities.values()],
    mentions: mentions.map(({ tenantId, id, key, confidence }) => ({ tenantId, id, key, confidence })),
    edges: all.flatMap(({ edges }) =>
      edges.map(({ tenantId, sourceId, type, targetId, weight }) => ({
        tenantId,
        sourceId,
        type,
        targetId,
        weight,
      })),
    ),
  });
}
