-- Up Migration

-- Entries that were written into the object, to compare with those that are alive. Of packs before this, those that are
-- alive now. An owner that is no superuser sees the rows of all tenants only where row-level security is not forced.
alter table strata.archive_packs add column entries int not null default 0;
alter table strata.archive_packs no force row level security;
alter table strata.archived_memories no force row level security;
update strata.archive_packs p set entries = (
  select count(*) from strata.archived_memories a where a.tenant_id = p.tenant_id and a.pack_id = p.id);
alter table strata.archive_packs force row level security;
alter table strata.archived_memories force row level security;

-- As before, and the pack's entries are counted; the entries are read as a set, once for each statement. Nested loops
-- would read them once for each memory, which a planner without statistics takes for one.
create or replace function strata.complete_pack(p_pack uuid, p_entries jsonb) returns uuid[]
language plpgsql set plan_cache_mode = force_custom_plan set enable_nestloop = off
as $$
declare
  v_tenant text := strata.current_tenant();
  v_began timestamptz;
  v_given uuid[] := array(select e."memoryId" from jsonb_to_recordset(p_entries) e ("memoryId" uuid));
  v_read uuid[];
  v_ids uuid[];
begin
  select p.created_at into v_began from strata.archive_packs p
  where p.tenant_id = v_tenant and p.id = p_pack and p.state = 'writing'
  for update;
  if not found then
    return '{}';
  end if;

  -- in the order of ids, as every writer locks them
  perform 1 from strata.memories m
  where m.tenant_id = v_tenant and m.id = any (v_given)
  order by m.id
  for update;
  v_read := array(
    select a.memory_id from strata.memory_access a
    where a.tenant_id = v_tenant and a.memory_id = any (v_given) and a.last_accessed_at >= v_began);

  with moved as (
    update strata.memories m
    set tier = 'cold', content = e.excerpt -> 'content', archived_at = date_trunc('milliseconds', now()),
      archived_excerpt = (e.excerpt ->> 'partial')::boolean
    from jsonb_to_recordset(p_entries) e ("memoryId" uuid, version bigint, excerpt jsonb)
    where m.tenant_id = v_tenant and m.id = any (v_given) and m.id = e."memoryId"
      and m.version = e.version and m.tier = 'warm' and m.deleted_at is null
      and m.id <> all (v_read)
    returning m.id
  )
  select array_agg(id) into v_ids from moved;
  v_ids := coalesce(v_ids, '{}');

  insert into strata.archived_memories (tenant_id, memory_id, version, pack_id, byte_offset, byte_length, data_key)
  select v_tenant, e."memoryId", e.version, p_pack, e."offset", e.length, decode(e."dataKey", 'base64')
  from jsonb_to_recordset(p_entries)
    e ("memoryId" uuid, version bigint, "offset" bigint, length bigint, "dataKey" text)
  where e."memoryId" = any (v_ids);
  delete from strata.memory_versions v where v.tenant_id = v_tenant and v.memory_id = any (v_ids);
  update strata.memory_embeddings e set own = null
  where e.tenant_id = v_tenant and e.memory_id = any (v_ids) and e.space = 'caller';
  update strata.archive_packs p set state = 'stored', members = '{}', entries = jsonb_array_length(p_entries)
  where p.tenant_id = v_tenant and p.id = p_pack;
  perform strata.archive_event('memory.archived', v_ids);
  return v_ids;
end
$$;

-- The one step that moves entries into another pack, after its object was verified: those that still lie where they
-- were read from. One that was erased, restored or moved meanwhile has no such row, and its bytes here are noise or a
-- second copy that nobody is led to. Answers how many were moved.
create function strata.complete_move(p_pack uuid, p_entries jsonb) returns bigint
language plpgsql set plan_cache_mode = force_custom_plan set enable_nestloop = off
as $$
declare
  v_tenant text := strata.current_tenant();
  v_moved bigint;
begin
  perform 1 from strata.archive_packs p
  where p.tenant_id = v_tenant and p.id = p_pack and p.state = 'writing'
  for update;
  if not found then
    return 0;
  end if;

  -- in the order of ids, as whoever erases many locks them
  perform 1 from strata.archived_memories a
  where a.tenant_id = v_tenant
    and a.memory_id = any (array(select e."memoryId" from jsonb_to_recordset(p_entries) e ("memoryId" uuid)))
  order by a.memory_id, a.version
  for update;
  update strata.archived_memories a
  set pack_id = p_pack, byte_offset = e."offset"
  from jsonb_to_recordset(p_entries) e ("memoryId" uuid, version bigint, "packId" uuid, "offset" bigint)
  where a.tenant_id = v_tenant and a.memory_id = e."memoryId" and a.version = e.version and a.pack_id = e."packId";
  get diagnostics v_moved = row_count;
  update strata.archive_packs p set state = 'stored', entries = jsonb_array_length(p_entries)
  where p.tenant_id = v_tenant and p.id = p_pack;
  return v_moved;
end
$$;
grant execute on function strata.complete_move(uuid, jsonb) to strata_app;

-- Packs of any tenant of which little is alive, together with others of theirs: what is alive in them together is
-- about as much as fits into one pack, and enough for one. Of an age, in days, at which rewriting is worth its price. One
-- with a damaged entry stays, for whoever mends it. How much is alive is counted in entries, which the index can alone.
create function strata.packs_to_compact(
  p_below real, p_min_entries int, p_max_bytes bigint, p_ages nummultirange, p_limit int
) returns table (tenant_id text, pack_ids uuid[])
language sql security definer set search_path = strata, pg_temp
as $$
  with counted as materialized (
    select p.tenant_id, p.id, p.created_at, alive.entries
    from strata.archive_packs p cross join lateral (
      select count(*) as entries
      from strata.archived_memories a where a.tenant_id = p.tenant_id and a.pack_id = p.id) alive
    where p.state = 'stored' and extract(epoch from now() - p.created_at) / 86400 <@ p_ages
      and alive.entries > 0 and alive.entries < p_below * p.entries
  ),
  sparse as (
    select c.*, alive.bytes
    from counted c cross join lateral (
      select sum(a.byte_length) as bytes, count(a.damaged_at) as damaged
      from strata.archived_memories a where a.tenant_id = c.tenant_id and a.pack_id = c.id) alive
    where alive.damaged = 0
  ),
  placed as (
    select s.*, div(sum(s.bytes) over (partition by s.tenant_id order by s.id) - s.bytes, p_max_bytes) as place
    from sparse s
  )
  select p.tenant_id, array_agg(p.id order by p.id)
  from placed p
  group by p.tenant_id, p.place
  having sum(p.entries) >= p_min_entries
  order by min(p.created_at)
  limit p_limit
$$;
grant select (byte_length) on strata.archived_memories to strata_worker;
grant create on schema strata to strata_worker;
alter function strata.packs_to_compact(real, int, bigint, nummultirange, int) owner to strata_worker;
revoke create on schema strata from strata_worker;
revoke execute on function strata.packs_to_compact(real, int, bigint, nummultirange, int) from public;
grant execute on function strata.packs_to_compact(real, int, bigint, nummultirange, int) to strata_app;

-- Down Migration
drop function strata.packs_to_compact(real, int, bigint, nummultirange, int);
drop function strata.complete_move(uuid, jsonb);
alter table strata.archive_packs drop column entries;
