-- Up Migration

-- How far the graph is behind, over all tenants: for the metrics of the sweeper, every minute. What is behind is
-- counted through its index. All of them would be a scan of the table, so their number is the planner's estimate,
-- or exact where the planner has not looked yet and the table is still small.
create function strata.sync_overview()
returns table (memories bigint, behind bigint, lag_seconds double precision)
language sql stable security definer set search_path = strata, pg_temp
as $$
  select
    greatest(
      case when c.reltuples < 0 then (select count(*) from strata.memory_sync) else c.reltuples::bigint end,
      late.behind
    ),
    late.behind,
    late.lag_seconds
  from pg_class c,
    (
      select count(*) as behind, coalesce(extract(epoch from now() - min(s.changed_at)), 0)::double precision as lag_seconds
      from strata.memory_sync s
      where s.graph_version < s.version
    ) late
  where c.oid = 'strata.memory_sync'::regclass
$$;

alter function strata.sync_overview() owner to strata_worker;
revoke execute on function strata.sync_overview() from public;
grant execute on function strata.sync_overview() to strata_app;

-- Down Migration
drop function strata.sync_overview();
