import type { Aggregation, AggregationGroup, AggregationQuery } from '../../memory/ports.ts';
import type { Database } from './database.ts';

/** The text that a memory is grouped under; `tag` gives a row for each of them. */
const groupKeys: Record<NonNullable<AggregationQuery['groupBy']>, string> = {
  type: 's.type',
  tier: 's.tier',
  domain: "coalesce(s.domain, '')",
  agentId: "coalesce(s.agent_id, '')",
  serviceId: "coalesce(s.service_id, '')",
  tag: 'tag.name',
  day: "to_char(s.occurred_at at time zone 'utc', 'YYYY-MM-DD')",
  month: "to_char(s.occurred_at at time zone 'utc', 'YYYY-MM')",
};

/** Groups answered at most, largest first: a tenant may have a domain for every customer. */
const groupLimit = 200;

const statistics = `count(*)::int as count, coalesce(avg(s.importance), 0)::float8 as "averageImportance",
  coalesce(sum(s.access_count), 0)::float8 as "totalAccesses"`;

const counts = (key: string, from = 'selected s') =>
  `(select coalesce(jsonb_object_agg(key, count), '{}'::jsonb) from (
     select ${key} as key, count(*) as count from ${from} group by 1 order by 2 desc limit ${groupLimit}) c
   where key is not null)`;

const tagged = 'selected s cross join lateral unnest(s.tags) tag (name)';

interface Row {
  total: Omit<AggregationGroup, 'key'>;
  by_type: Record<string, number>;
  by_tier: Record<string, number>;
  by_domain: Record<string, number>;
  by_agent: Record<string, number>;
  by_tag: Record<string, number>;
  by_day: Record<string, number>;
  groups: AggregationGroup[] | null;
}

/** Statistics of a tenant's live memories in one statement. */
export async function postgresAggregation(
  db: Database,
  tenantId: string,
  query: AggregationQuery,
): Promise<Aggregation> {
  const groups = query.groupBy
    ? `(select coalesce(jsonb_agg(to_jsonb(g)), '[]'::jsonb) from (
         select ${groupKeys[query.groupBy]} as key, ${statistics}
         from ${query.groupBy === 'tag' ? tagged : 'selected s'}
         group by 1 order by 2 desc, 1 limit ${groupLimit}) g)`
    : 'null';
  const [row] = await db.query<Row>(
    tenantId,
    `with selected as (
       select m.type, m.tier, m.domain, m.agent_id, m.service_id, m.tags, m.importance, m.occurred_at, a.access_count
       from strata.memories m
       left join strata.memory_access a on a.tenant_id = m.tenant_id and a.memory_id = m.id
       where m.tenant_id = strata.current_tenant() and m.deleted_at is null
         and (m.expires_at is null or m.expires_at > now())
         and ($1::text is null or m.domain = $1)
         and ($2::text is null or m.agent_id = $2)
         and ($3::text is null or m.type = $3)
         and ($4::timestamptz is null or m.occurred_at >= $4)
         and ($5::timestamptz is null or m.occurred_at < $5)
     )
     select (select to_jsonb(t) from (select ${statistics} from selected s) t) as total,
       ${counts('s.type')} as by_type, ${counts('s.tier')} as by_tier, ${counts('s.domain')} as by_domain,
       ${counts('s.agent_id')} as by_agent, ${counts('tag.name', tagged)} as by_tag,
       ${counts(groupKeys.day)} as by_day, ${groups} as groups`,
    [
      query.domain ?? null,
      query.agentId ?? null,
      query.memoryType ?? null,
      query.since ?? null,
      query.until ?? null,
    ],
  );
  if (!row) throw new Error('the aggregation returned no row');
  return {
    total: row.total,
    byType: row.by_type,
    byTier: row.by_tier,
    byDomain: row.by_domain,
    byAgent: row.by_agent,
    byTag: row.by_tag,
    byDay: row.by_day,
    ...(row.groups && { groups: row.groups }),
  };
}
