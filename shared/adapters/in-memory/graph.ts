import type { MemoryGraph } from '../../memory/recall/ports.ts';
import type { MemoryProjection } from '../../replication/model.ts';
import type { GraphProjection } from '../../replication/ports.ts';
import { type Mention, rareDegree, recallByEntities, type SharedMention } from '../graph/entity-recall.ts';
import {
  type EdgeRow,
  edgeRows,
  entityKey,
  latestStates,
  type MentionRow,
  mentionRows,
} from '../graph/projection-rows.ts';
import { type Hop, walk } from '../graph/walk.ts';

/** A tenant's graph as maps; a memory of version 0 is a placeholder for one that is not here yet. */
interface TenantGraph {
  memories: Map<string, Pick<MemoryProjection, 'id' | 'version' | 'deleted'> & Partial<MemoryProjection>>;
  /** By source, target and type. */
  edges: Map<string, EdgeRow>;
  /** By memory and entity. */
  mentions: Map<string, MentionRow>;
}

export interface InMemoryGraph extends GraphProjection, MemoryGraph {
  /** All that a tenant has in it, tombstones and placeholders included. */
  contents(tenantId: string): {
    memories: Partial<MemoryProjection>[];
    edges: EdgeRow[];
    mentions: MentionRow[];
  };
}

/** The projection in this process's memory: the same guards and answers as a graph store. */
export function inMemoryGraph(): InMemoryGraph {
  const tenants = new Map<string, TenantGraph>();

  function tenant(id: string): TenantGraph {
    const known = tenants.get(id) ?? { memories: new Map(), edges: new Map(), mentions: new Map() };
    tenants.set(id, known);
    return known;
  }

  const readable = (graph: TenantGraph, id: string) => {
    const memory = graph.memories.get(id);
    return memory !== undefined && memory.version > 0 && !memory.deleted;
  };

  return {
    async apply(states) {
      const latest = latestStates(structuredClone(states));
      for (const state of latest) upsert(tenant(state.tenantId), state);
      for (const row of mentionRows(latest)) mention(tenant(row.tenantId), row);
      for (const row of edgeRows(states)) relate(tenant(row.tenantId), row);
      for (const { tenantId, id } of latest) prune(tenant(tenantId), id);
    },

    async count(tenantId) {
      const graph = tenant(tenantId);
      return [...graph.memories.keys()].filter((id) => readable(graph, id)).length;
    },

    ping: async () => true,

    async related(tenantId, id, { depth, types, limit }) {
      const graph = tenant(tenantId);
      return walk(id, { depth, limit }, async (ids) =>
        ids
          .filter((from) => readable(graph, from))
          .flatMap((from) => [...relationHops(graph, from, types), ...entityHops(graph, from, types)])
          .filter(({ to }) => readable(graph, to)),
      );
    },

    async recallByEntities(tenantId, entities, limit) {
      const graph = tenant(tenantId);
      const index = mentionsByKey(graph);
      return recallByEntities([...new Set(entities.map(entityKey))], limit, {
        mentions: async (keys) => keys.flatMap((key) => rowsOf(index, key)),
        sharing: async (seeds, except) => shared(index, new Set(seeds), new Set(except)),
      });
    },

    contents(tenantId) {
      const { memories, edges, mentions } = tenant(tenantId);
      return structuredClone({
        memories: [...memories.values()],
        edges: [...edges.values()],
        mentions: [...mentions.values()],
      });
    },
  };
}

function upsert({ memories }: TenantGraph, state: MemoryProjection): void {
  if ((memories.get(state.id)?.version ?? 0) >= state.version) return;
  const { entities: _, outgoing: __, incoming: ___, ...described } = state;
  const { tenantId, id, version, digestHigh, digestLow, deleted } = state;
  memories.set(id, deleted ? { tenantId, id, version, digestHigh, digestLow, deleted } : described);
}

function mention({ memories, mentions }: TenantGraph, row: MentionRow): void {
  if (memories.get(row.id)?.version === row.version) mentions.set(JSON.stringify([row.id, row.key]), row);
}

function relate({ memories, edges }: TenantGraph, row: EdgeRow): void {
  for (const id of [row.sourceId, row.targetId]) {
    if (!memories.has(id)) memories.set(id, { id, version: 0, deleted: false });
  }
  const [source, target] = [memories.get(row.sourceId), memories.get(row.targetId)];
  if ((source?.version ?? 0) > row.version || target?.deleted) return;
  const key = JSON.stringify([row.sourceId, row.targetId, row.type]);
  if ((edges.get(key)?.version ?? 0) < row.version) edges.set(key, row);
}

function prune({ memories, edges, mentions }: TenantGraph, id: string): void {
  const { version = 0, deleted = false } = memories.get(id) ?? {};
  for (const [key, edge] of edges) {
    const outdated = edge.sourceId === id && edge.version < version;
    if (outdated || (deleted && edge.targetId === id)) edges.delete(key);
  }
  for (const [key, row] of mentions) {
    if (row.id === id && row.version < version) mentions.delete(key);
  }
}

function relationHops({ edges }: TenantGraph, from: string, types: readonly string[] | undefined): Hop[] {
  return [...edges.values()]
    .filter(({ sourceId, targetId }) => sourceId === from || targetId === from)
    .filter(({ type }) => types === undefined || types.includes(type))
    .map(({ sourceId, targetId, type, weight }) => ({
      from,
      to: sourceId === from ? targetId : sourceId,
      path: [{ type, from: sourceId, to: targetId, weight }],
    }));
}

function entityHops(graph: TenantGraph, from: string, types: readonly string[] | undefined): Hop[] {
  if (types !== undefined && !types.includes('MENTIONS')) return [];
  const rows = [...graph.mentions.values()];
  return rows
    .filter(({ id }) => id === from)
    .flatMap((own) =>
      rows
        .filter(({ id, key }) => key === own.key && id !== from)
        .map((other) => ({
          from,
          to: other.id,
          path: [
            { type: 'MENTIONS', from, to: own.key, weight: own.confidence },
            { type: 'MENTIONS', from: other.id, to: own.key, weight: other.confidence },
          ],
        })),
    );
}

function mentionsByKey({ mentions }: TenantGraph): Map<string, MentionRow[]> {
  return Map.groupBy(mentions.values(), ({ key }) => key);
}

function rowsOf(index: ReadonlyMap<string, MentionRow[]>, key: string): Mention[] {
  const rows = index.get(key) ?? [];
  return rows.map(({ id, confidence }) => ({ key, degree: rows.length, id, confidence }));
}

function shared(
  index: ReadonlyMap<string, MentionRow[]>,
  seeds: ReadonlySet<string>,
  except: ReadonlySet<string>,
): SharedMention[] {
  return [...index.keys()]
    .filter((key) => !except.has(key))
    .map((key) => rowsOf(index, key))
    .filter((rows) => rows.length <= rareDegree)
    .flatMap((rows) =>
      rows
        .filter(({ id }) => seeds.has(id))
        .flatMap((seed) =>
          rows
            .filter(({ id }) => id !== seed.id)
            .map((row) => ({ ...row, seed: seed.id, seedConfidence: seed.confidence })),
        ),
    );
}
