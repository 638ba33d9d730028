import { inMemoryGraph } from '../../../shared/adapters/in-memory/graph.ts';
import { inMemoryGraphChanges } from '../../../shared/adapters/in-memory/queue.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { Logger } from '../../../shared/kernel/logger.ts';
import type { MemoryProjection } from '../../../shared/replication/model.ts';
import type { SyncState } from '../../../shared/replication/ports.ts';

/** The ledger as maps: what Postgres has of each memory, and which version it believes the graph to have. */
export interface FakeSyncState extends SyncState {
  put(...states: MemoryProjection[]): void;
  projectedVersion(tenantId: string, id: string): number;
}

export function fakeSyncState(): FakeSyncState {
  const rows = new Map<string, { state: MemoryProjection; graphVersion: number }>();
  const keyOf = (tenantId: string, id: string) => JSON.stringify([tenantId, id]);
  const all = () => [...rows.values()];
  const live = (tenantId: string) =>
    all().filter(({ state }) => state.tenantId === tenantId && !state.deleted);
  return {
    put(...states) {
      for (const state of states) {
        const key = keyOf(state.tenantId, state.id);
        rows.set(key, { state, graphVersion: rows.get(key)?.graphVersion ?? 0 });
      }
    },
    projectedVersion: (tenantId, id) => rows.get(keyOf(tenantId, id))?.graphVersion ?? 0,
    read: async (tenantId, ids) =>
      ids.flatMap((id) => structuredClone(rows.get(keyOf(tenantId, id))?.state ?? [])),
    markProjected: async (tenantId, projected) => {
      for (const { id, version } of projected) {
        const row = rows.get(keyOf(tenantId, id));
        if (row) row.graphVersion = Math.max(row.graphVersion, version);
      }
    },
    behind: async (_olderThanSeconds, limit) =>
      all()
        .filter(({ state, graphVersion }) => graphVersion < state.version)
        .slice(0, limit)
        .map(({ state }) => ({ tenantId: state.tenantId, memoryId: state.id, version: state.version })),
    statistics: async (tenantId) => ({
      memories: live(tenantId).length,
      projected: live(tenantId).filter(({ state, graphVersion }) => graphVersion === state.version).length,
    }),
    overview: async () => {
      const behind = all().filter(({ state, graphVersion }) => graphVersion < state.version).length;
      return { memories: all().length, behind, lagSeconds: behind === 0 ? 0 : 30 };
    },
    ping: async () => true,
  };
}

/** All ports of replication over memory; a fault is put in by replacing a method. */
export const replication = () => ({
  syncState: fakeSyncState(),
  graph: inMemoryGraph(),
  graphChanges: inMemoryGraphChanges(),
  ...recordingLogger(),
});

export function recordingLogger(): {
  logger: Logger;
  lines: { level: string; message: string; fields: object }[];
} {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void lines.push({ level, message, fields });
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

export const graphDown = () => new AppError('graph_unavailable', 'down', { retryable: true });
export const graphRefuses = () => new AppError('graph_unavailable', 'refused', { retryable: false });
export const storeDown = () => new AppError('store_unavailable', 'down', { retryable: true });

/** A promise and the function that settles it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
