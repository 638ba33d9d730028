import type { RecallStatistics } from '../../memory/recall/ports.ts';
import type { Database } from './database.ts';
import { postgresProvider } from './provider.ts';
import { scoredWhole } from './recall-parts.ts';

/** Frequencies of terms, counted by Postgres where the memories are. */
export const postgresRecallStatistics = (db: Database): RecallStatistics => ({
  stale: async (limit) => {
    const rows = await db.unscoped<{ tenant_id: string }>(
      'select tenant_id from strata.tenants_to_count($1, $2) t (tenant_id)',
      [scoredWhole, limit],
    );
    return rows.map((row) => row.tenant_id);
  },

  refresh: async (tenantId) => {
    const [row] = await db.query<{ terms: string }>(tenantId, 'select strata.refresh_statistics() as terms');
    return Number(row?.terms ?? 0);
  },
});

export const recallStatisticsProvider = postgresProvider(postgresRecallStatistics);
