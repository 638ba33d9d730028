import type { TenantLimits } from '../../contracts/tenant-limits.ts';
import type { TenantLimitStore } from '../../limits/ports.ts';
import { rememberLimits } from '../../limits/remember-limits.ts';
import type { Database } from './database.ts';
import { limitedPostgresProvider } from './provider.ts';

interface LimitsRow {
  requests_per_second: number | null;
  requests_burst: number | null;
  memories_written_per_second: number | null;
  memories_written_burst: number | null;
  /** `bigint`, as text. */
  memories_kept: string | null;
  used: string;
}

/** The limits of tenants: what the operator chose for one, else the defaults. */
export const postgresTenantLimits = (db: Database, defaults: TenantLimits): TenantLimitStore => ({
  async standingOf(tenantId) {
    const [row] = await db.query<LimitsRow>(
      tenantId,
      `select l.*, u.used
       from (select coalesce(sum(u.memories_kept), 0) as used from strata.tenant_usage u
             where u.tenant_id = strata.current_tenant()) u
       left join strata.tenant_limits l on l.tenant_id = strata.current_tenant()`,
    );
    if (!row) throw new Error('the statement about limits returned no row');
    const { requests, 'memories-written': written, 'memories-kept': kept } = defaults;
    return {
      limits: {
        requests: {
          perSecond: row.requests_per_second ?? requests.perSecond,
          burst: row.requests_burst ?? requests.burst,
        },
        'memories-written': {
          perSecond: row.memories_written_per_second ?? written.perSecond,
          burst: row.memories_written_burst ?? written.burst,
        },
        'memories-kept': row.memories_kept === null ? kept : Number(row.memories_kept),
      },
      memoriesKept: Number(row.used),
    };
  },
});

export const tenantLimitsProvider = limitedPostgresProvider((db, defaults, { clock, logger }) =>
  rememberLimits({ store: postgresTenantLimits(db, defaults), defaults, clock, logger }),
);
