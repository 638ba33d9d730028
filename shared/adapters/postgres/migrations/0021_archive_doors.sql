-- Up Migration

-- Work that outlives a request. Those of an erased memory go with it.
create table strata.operations (
  tenant_id   text not null,
  id          uuid not null,
  kind        text not null check (kind in ('read', 'restore')),
  memory_id   uuid not null,
  state       text not null default 'running' check (state in ('running', 'succeeded', 'failed')),
  error       text,
  created_at  timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, memory_id) references strata.memories (tenant_id, id) on delete cascade
);
-- what is under way is not begun again
create unique index operations_running on strata.operations (tenant_id, memory_id, kind) where state = 'running';
create index operations_memory on strata.operations (tenant_id, memory_id);
create index operations_finished on strata.operations (finished_at) where state <> 'running';
alter table strata.operations enable row level security;
alter table strata.operations force row level security;
create policy tenant on strata.operations using (tenant_id = strata.current_tenant())
  with check (tenant_id = strata.current_tenant());
create policy worker on strata.operations to strata_worker using (true);
grant select, insert, update, delete on strata.operations to strata_app;

-- The doors of the archive's schedules: they hand out ids and counts, never the content of a memory, nor a key.
grant create on schema strata to strata_worker;
grant select (tier, type, importance, expires_at, updated_at) on strata.memories to strata_worker;
grant select (tenant_id, memory_id, last_accessed_at) on strata.memory_access to strata_worker;
grant select on strata.archive_packs to strata_worker;
grant select (tenant_id, memory_id, pack_id, damaged_at) on strata.archived_memories to strata_worker;
grant select (tenant_id, id, state, created_at, finished_at), delete on strata.operations to strata_worker;
create policy worker on strata.memory_access for select to strata_worker using (true);

-- Warm memories of any tenant that nobody has changed or read for long, longest unchanged first. Working memory and
-- what expires goes by itself; one that waits for its vector still needs its text.
create function strata.memories_to_archive(p_older_than interval, p_keep_importance real, p_limit int)
returns table (tenant_id text, memory_id uuid)
language sql security definer set search_path = strata, pg_temp
as $$
  select m.tenant_id, m.id
  from strata.memories m
  where m.tier = 'warm' and m.deleted_at is null and m.expires_at is null and m.type <> 'working'
    and m.updated_at < now() - p_older_than and m.importance < p_keep_importance
    and not exists (
      select from strata.memory_access a
      where a.tenant_id = m.tenant_id and a.memory_id = m.id and a.last_accessed_at >= now() - p_older_than)
    and not exists (
      select from strata.memory_embeddings e where e.tenant_id = m.tenant_id and e.memory_id = m.id and e.pending)
    and not exists (
      select from strata.archive_packs p
      where p.tenant_id = m.tenant_id and p.state = 'writing' and m.id = any (p.members))
  order by m.updated_at
  limit p_limit
$$;

create function strata.packs_unused(p_limit int) returns table (tenant_id text, pack_id uuid)
language sql security definer set search_path = strata, pg_temp
as $$
  select p.tenant_id, p.id from strata.archive_packs p where strata.is_unused(p) order by p.created_at limit p_limit
$$;

create function strata.operations_running(p_limit int) returns table (tenant_id text, operation_id uuid)
language sql security definer set search_path = strata, pg_temp
as $$
  select o.tenant_id, o.id from strata.operations o where o.state = 'running' order by o.created_at limit p_limit
$$;

create function strata.expire_operations(p_older_than interval) returns bigint
language sql security definer set search_path = strata, pg_temp
as $$
  with expired as (
    delete from strata.operations o where o.state <> 'running' and o.finished_at < now() - p_older_than returning 1
  )
  select count(*) from expired
$$;

-- How much is in each tier, over all tenants. All memories would be a scan of the table, so their number is the
-- planner's estimate, or exact where the planner has not looked yet and the table is still small.
create function strata.archive_overview()
returns table (memories bigint, cold bigint, packs bigint, damaged bigint)
language sql stable security definer set search_path = strata, pg_temp
as $$
  select
    greatest(
      case when c.reltuples < 0 then (select count(*) from strata.memories) else c.reltuples::bigint end, entries.cold),
    entries.cold,
    (select count(*) from strata.archive_packs),
    entries.damaged
  from pg_class c, (
    select count(distinct (a.tenant_id, a.memory_id)) as cold, count(a.damaged_at) as damaged
    from strata.archived_memories a
  ) entries
  where c.oid = 'strata.memories'::regclass
$$;

alter function strata.memories_to_archive(interval, real, int) owner to strata_worker;
alter function strata.packs_unused(int) owner to strata_worker;
alter function strata.operations_running(int) owner to strata_worker;
alter function strata.expire_operations(interval) owner to strata_worker;
alter function strata.archive_overview() owner to strata_worker;
revoke create on schema strata from strata_worker;
revoke execute on function strata.memories_to_archive(interval, real, int), strata.packs_unused(int),
  strata.operations_running(int), strata.expire_operations(interval), strata.archive_overview() from public;
grant execute on function strata.memories_to_archive(interval, real, int), strata.packs_unused(int),
  strata.operations_running(int), strata.expire_operations(interval), strata.archive_overview() to strata_app;
-- a worker's function calls it
grant execute on function strata.is_unused(strata.archive_packs) to strata_worker;

-- Down Migration
drop function strata.archive_overview();
drop function strata.expire_operations(interval);
drop function strata.operations_running(int);
drop function strata.packs_unused(int);
drop function strata.memories_to_archive(interval, real, int);
drop policy worker on strata.memory_access;
revoke select on strata.memory_access from strata_worker;
drop table strata.operations;
