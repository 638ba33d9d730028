import type { MemoryProjection, PendingProjection } from '../../replication/model.ts';
import type { SyncState } from '../../replication/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';

/** The ledger of the dual write. */
export const postgresSyncState = (db: Database): SyncState => ({
  read: async (tenantId, ids) => {
    const [row] = await db.query<{ projections: MemoryProjection[] }>(
      tenantId,
      'select strata.projections(strata.current_tenant(), $1::uuid[]) as projections',
      [ids],
    );
    return row?.projections ?? [];
  },

  markProjected: async (tenantId, projected) => {
    await db.query(
      tenantId,
      `update strata.memory_sync s
       set graph_version = greatest(s.graph_version, p.version)
       from unnest($1::uuid[], $2::bigint[]) p (id, version)
       where s.tenant_id = strata.current_tenant() and s.memory_id = p.id and s.graph_version < p.version`,
      [projected.map((item) => item.id), projected.map((item) => item.version)],
    );
  },

  behind: async (olderThanSeconds, limit) => {
    const rows = await db.unscoped<{ tenant_id: string; memory_id: string; version: string }>(
      'select * from strata.memories_behind(make_interval(secs => $1), $2)',
      [olderThanSeconds, limit],
    );
    return rows.map(
      (row): PendingProjection => ({
        tenantId: row.tenant_id,
        memoryId: row.memory_id,
        version: Number(row.version),
      }),
    );
  },

  statistics: async (tenantId) => {
    const [row] = await db.query<{ memories: number; projected: number }>(
      tenantId,
      `select count(*)::int as memories, (count(*) filter (where graph_version = version))::int as projected
       from strata.memory_sync where tenant_id = strata.current_tenant() and not deleted`,
    );
    return row ?? { memories: 0, projected: 0 };
  },

  overview: async () => {
    const [row] = await db.unscoped<{ memories: string; behind: string; lag_seconds: number }>(
      'select * from strata.sync_overview()',
    );
    return {
      memories: Number(row?.memories ?? 0),
      behind: Number(row?.behind ?? 0),
      lagSeconds: row?.lag_seconds ?? 0,
    };
  },

  ping: () =>
    db.unscoped('select 1').then(
      () => true,
      () => false,
    ),
});

export const syncStateProvider = postgresProvider(postgresSyncState);
