-- Up Migration

-- What the operator has chosen for a tenant in the place of the stage's defaults. A tenant may read its own; nobody
-- but the owner of the table may write them.
create table strata.tenant_limits (
  tenant_id                   text primary key,
  requests_per_second         double precision check (requests_per_second > 0 and requests_per_second <= 100000),
  requests_burst              int check (requests_burst between 1 and 10000000),
  memories_written_per_second double precision
    check (memories_written_per_second > 0 and memories_written_per_second <= 100000),
  -- a full batch must fit, or it could never be stored
  memories_written_burst      int check (memories_written_burst between 500 and 10000000),
  memories_kept               bigint check (memories_kept between 0 and 9007199254740991),
  changed_at                  timestamptz not null default now()
);

-- How many memories a tenant keeps: the sum of its counters. A writer takes any of them that nobody holds and adds
-- one when all are held, so that no writer waits for another, and there are as many as there ever were at once.
create table strata.tenant_usage (
  tenant_id     text not null,
  counter       uuid not null default gen_random_uuid(),
  memories_kept bigint not null,
  primary key (tenant_id, counter)
) with (fillfactor = 50);

create function strata.count_kept(p_tenant text, p_change bigint) returns void
language plpgsql
as $$
begin
  update strata.tenant_usage u
  set memories_kept = u.memories_kept + p_change
  where u.tenant_id = p_tenant and u.counter = (
    select free.counter from strata.tenant_usage free
    where free.tenant_id = p_tenant
    limit 1
    for update skip locked);
  if not found then
    insert into strata.tenant_usage (tenant_id, memories_kept) values (p_tenant, p_change);
  end if;
end
$$;

-- The ledger has one row for each memory, wherever the memory itself is kept, and every way of storing, deleting,
-- reviving and erasing changes it: counted there, no function can forget to count.
create function strata.memories_entered() returns trigger
language plpgsql
as $$
declare
  v_tenant text;
  v_entered bigint;
begin
  -- one tenant at a time, as row-level security has it
  select min(e.tenant_id), count(*) into v_tenant, v_entered from entered e where not e.deleted;
  if v_entered > 0 then
    perform strata.count_kept(v_tenant, v_entered);
  end if;
  return null;
end
$$;
create function strata.memory_turned() returns trigger
language plpgsql
as $$
begin
  perform strata.count_kept(old.tenant_id, case when old.deleted then 1 else -1 end);
  return null;
end
$$;
-- a set is counted once; what is no insert turns few memories at a time, and mostly none
create trigger memories_entered after insert on strata.memory_sync
  referencing new table as entered for each statement execute function strata.memories_entered();
create trigger memory_turned after update of deleted on strata.memory_sync
  for each row when (old.deleted <> new.deleted) execute function strata.memory_turned();
create trigger memory_left after delete on strata.memory_sync
  for each row when (not old.deleted) execute function strata.memory_turned();

-- What is there already. The triggers above keep writers out until this commits; an owner that is no superuser sees
-- the rows of all tenants only where row-level security is not forced on it.
alter table strata.memory_sync no force row level security;
insert into strata.tenant_usage (tenant_id, memories_kept)
select s.tenant_id, count(*) from strata.memory_sync s where not s.deleted group by s.tenant_id;
alter table strata.memory_sync force row level security;

-- How many more memories the tenant may keep; null where that is far away. Near the quota writers come one after the
-- other, from here to their end, so that together they do not go beyond it. Far from it they do not wait: it would
-- take that many memories under way at once.
create function strata.room_for_memories(p_tenant text, p_quota bigint, p_wanted int) returns bigint
language plpgsql
as $$
declare
  v_room bigint;
begin
  for v_attempt in 1..2 loop
    select coalesce((select l.memories_kept from strata.tenant_limits l where l.tenant_id = p_tenant), p_quota)
      - coalesce((select sum(u.memories_kept) from strata.tenant_usage u where u.tenant_id = p_tenant), 0)
    into v_room;
    if v_room is null or v_room >= 10000 + p_wanted then
      return null;
    end if;
    if v_attempt = 1 then
      perform pg_advisory_xact_lock(hashtextextended('strata.room_for_memories ' || p_tenant, 0));
    end if;
  end loop;
  return greatest(v_room, 0);
end
$$;

-- The writes, by their place, that would keep more than there is room for. Changing what is kept takes no room.
create function strata.beyond_room(p_tenant text, p_writes strata.memory_write[], p_room bigint) returns int[]
language sql stable
as $$
  select array(
    select n from (
      select w.n, row_number() over (order by w.n) as place
      from unnest(p_writes) w
      where w.error is null and not w.state ? 'deletedAt' and not exists (
        select from strata.memory_sync s
        where s.tenant_id = p_tenant and s.memory_id = w.id and not s.deleted)
    ) gained
    where gained.place > p_room)
$$;

-- As before, within a quota: null for none but what tenant_limits says.
create function strata.write_memories(
  p_tenant text, p_actor text, p_key text, p_request_hash text, p_writes jsonb, p_quota bigint
) returns jsonb
language plpgsql
as $$
declare
  v_outcomes jsonb;
  v_writes strata.memory_write[];
  v_accepted strata.memory_write[];
  v_ids uuid[];
  v_room bigint;
  v_beyond int[] := '{}';
begin
  perform set_config('app.tenant', p_tenant, true);
  v_outcomes := strata.claim_key(p_tenant, p_key, p_request_hash);
  if v_outcomes is not null then
    return jsonb_build_object('replayed', true, 'outcomes', v_outcomes);
  end if;

  -- before any memory is locked: who waits here must not hold what the one in front needs
  v_room := strata.room_for_memories(p_tenant, p_quota, jsonb_array_length(p_writes));
  v_writes := strata.checked_writes(p_tenant, p_writes);
  if v_room is not null then
    v_beyond := strata.beyond_room(p_tenant, v_writes, v_room);
  end if;
  v_accepted := array(select w from unnest(v_writes) w where w.error is null and w.n <> all (v_beyond) order by w.n);
  v_ids := array(select w.id from unnest(v_accepted) w);
  if cardinality(v_ids) > 0 then
    perform strata.apply_writes(p_tenant, p_actor, v_accepted);
    perform strata.apply_vectors(p_tenant, v_accepted);
    perform strata.apply_edges(p_tenant, v_accepted);
    perform strata.link_turns(p_tenant, v_ids);
  end if;

  select coalesce(jsonb_agg(case
    when w.error is not null then jsonb_build_object('ok', false, 'details', '{}'::jsonb) || w.error
    when w.n = any (v_beyond) then jsonb_build_object(
      'ok', false, 'code', 'quota_exceeded',
      'detail', 'The tenant keeps as many memories as its quota allows; delete some, or ask the operator for more.',
      'details', jsonb_build_object('limit', 'memories-kept'))
    else jsonb_build_object(
      'ok', true, 'id', w.id, 'version', w.version, 'created', w.created,
      'relationships', coalesce(edges.list, '[]'),
      'writtenAt', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  end order by w.n), '[]')
  into v_outcomes
  from unnest(v_writes) w
  left join (
    select r.source_id, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
      'target', r.target, 'targetId', r.target_id, 'type', r.type, 'weight', r.weight)) order by r.type, r.target) as list
    from strata.memory_relationships r
    where r.tenant_id = p_tenant and r.source_id = any (v_ids)
    group by r.source_id
  ) edges on edges.source_id = w.id;

  perform strata.settle_key(p_tenant, p_key, v_outcomes);
  return jsonb_build_object('replayed', false, 'outcomes', v_outcomes);
end
$$;

-- for the version of the service that is still serving while this migrates
create or replace function strata.write_memories(
  p_tenant text, p_actor text, p_key text, p_request_hash text, p_writes jsonb
) returns jsonb
language sql
as $$ select strata.write_memories(p_tenant, p_actor, p_key, p_request_hash, p_writes, null) $$;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['tenant_limits', 'tenant_usage'] loop
    execute format('alter table strata.%I enable row level security', tenant_table);
    execute format('alter table strata.%I force row level security', tenant_table);
    execute format(
      'create policy tenant on strata.%I using (tenant_id = strata.current_tenant())
         with check (tenant_id = strata.current_tenant())', tenant_table);
  end loop;
end
$$;
grant select on strata.tenant_limits to strata_app;
grant select, insert, update on strata.tenant_usage to strata_app;
grant execute on function strata.count_kept(text, bigint), strata.memories_entered(), strata.memory_turned(),
  strata.room_for_memories(text, bigint, int), strata.beyond_room(text, strata.memory_write[], bigint),
  strata.write_memories(text, text, text, text, jsonb, bigint) to strata_app;

-- Down Migration
drop function strata.write_memories(text, text, text, text, jsonb);
drop function strata.write_memories(text, text, text, text, jsonb, bigint);
drop function strata.beyond_room(text, strata.memory_write[], bigint);
drop function strata.room_for_memories(text, bigint, int);
drop trigger memory_left on strata.memory_sync;
drop trigger memory_turned on strata.memory_sync;
drop trigger memories_entered on strata.memory_sync;
drop function strata.memory_turned();
drop function strata.memories_entered();
drop function strata.count_kept(text, bigint);
drop table strata.tenant_usage;
drop table strata.tenant_limits;
