-- Up Migration

-- Of a cold memory: since when its content is in the archive, and whether `content` is only how it begins. What finds
-- a memory stays here: lexemes, entities, edges, tags, metadata, times, the service's vector, and of the caller's
-- vector the copy that searches compare.
alter table strata.memories add column archived_at timestamptz, add column archived_excerpt boolean;
create index memories_warm on strata.memories (updated_at)
  where tier = 'warm' and deleted_at is null and expires_at is null and type <> 'working';

-- An object of the archive. It is registered before it is written; once `discarded`, nobody can use it any more.
create table strata.archive_packs (
  tenant_id  text not null,
  id         uuid not null,
  state      text not null default 'writing' check (state in ('writing', 'stored', 'discarded')),
  -- the memories of a pack under way, which no other pack may take
  members    uuid[] not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Where each entry lies, and its key. Without the key its bytes are noise, in every copy and every old version of the
-- object: that is how a memory is erased from the archive, so no key may outlive its memory, whoever deletes that.
create table strata.archived_memories (
  tenant_id   text not null,
  memory_id   uuid not null,
  version     bigint not null,
  pack_id     uuid not null,
  byte_offset bigint not null,
  byte_length bigint not null,
  data_key    bytea not null check (length(data_key) = 32),
  archived_at timestamptz not null default now(),
  -- when it could not be read though it should have been
  damaged_at  timestamptz,
  primary key (tenant_id, memory_id, version),
  foreign key (tenant_id, memory_id) references strata.memories (tenant_id, id) on delete cascade
);
create index archived_memories_pack on strata.archived_memories (tenant_id, pack_id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['archive_packs', 'archived_memories'] loop
    execute format('alter table strata.%I enable row level security', tenant_table);
    execute format('alter table strata.%I force row level security', tenant_table);
    execute format(
      'create policy tenant on strata.%I using (tenant_id = strata.current_tenant())
         with check (tenant_id = strata.current_tenant())', tenant_table);
    execute format('create policy worker on strata.%I to strata_worker using (true)', tenant_table);
    execute format('grant select, insert, update, delete on strata.%I to strata_app', tenant_table);
  end loop;
end
$$;

-- A cold memory that is written again, by whatever function, has its content here again and so is warm. What the
-- archive holds of it stays as its earlier history. A soft deletion says nothing of the content.
create function strata.warm_when_written() returns trigger
language plpgsql
as $$
begin
  new.tier := 'warm';
  new.archived_at := null;
  new.archived_excerpt := null;
  update strata.memory_embeddings e set own = e.embedding
  where e.tenant_id = new.tenant_id and e.memory_id = new.id and e.space = 'caller' and e.own is null;
  return new;
end
$$;
create trigger warm_when_written before update on strata.memories
  for each row when (old.tier = 'cold' and new.version > old.version and new.deleted_at is null)
  execute function strata.warm_when_written();

-- Registers a pack and answers what goes into it; none registers nothing. Two runs that begin at once do it one after
-- the other, so that no memory is in two packs.
create function strata.begin_pack(p_pack uuid, p_ids uuid[], p_max_bytes bigint)
returns table (memory_id uuid, version bigint, versions jsonb, vector bytea)
language plpgsql set plan_cache_mode = force_custom_plan
as $$
declare
  v_tenant text := strata.current_tenant();
begin
  perform pg_advisory_xact_lock(hashtextextended('strata.begin_pack ' || v_tenant, 0));
  return query
  with free as materialized (
    select m.id, m.version as current_version, w.n
    from unnest(p_ids) with ordinality w (id, n)
    join strata.memories m on m.tenant_id = v_tenant and m.id = w.id
    -- once more as an array: a planner without statistics would read the whole tenant
    where m.id = any (p_ids) and m.tier = 'warm' and m.deleted_at is null
      and not exists (
        select from strata.archive_packs p
        where p.tenant_id = v_tenant and p.state = 'writing' and w.id = any (p.members))
  ),
  histories as materialized (
    select f.id, f.current_version, f.n,
      jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'version', v.version, 'operation', v.operation,
        'changedAt', to_char(v.changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'changedBy', v.changed_by, 'reason', v.reason)) || jsonb_build_object('state', v.state)
        order by v.version) as list,
      sum(octet_length(v.state::text)) as bytes
    from free f
    join strata.memory_versions v on v.tenant_id = v_tenant and v.memory_id = f.id and v.memory_id = any (p_ids)
    group by f.id, f.current_version, f.n
  ),
  fitting as materialized (
    select h.* from (
      select h.*, sum(h.bytes) over (order by h.n) - h.bytes as before from histories h
    ) h
    where h.before = 0 or h.before + h.bytes <= p_max_bytes
  ),
  registered as (
    insert into strata.archive_packs (tenant_id, id, members)
    select v_tenant, p_pack, array_agg(f.id) from fitting f having count(*) > 0
  )
  select f.id, f.current_version, f.list,
    -- dimension and a reserved field come before the components
    (select substring(halfvec_send(e.own) from 5) from strata.memory_embeddings e
     where e.tenant_id = v_tenant and e.memory_id = f.id and e.space = 'caller')
  from fitting f
  order by f.n;
end
$$;

create function strata.archive_event(p_type text, p_ids uuid[]) returns void
language sql
as $$
  insert into strata.outbox (tenant_id, type, data)
  select m.tenant_id, p_type, jsonb_strip_nulls(jsonb_build_object(
    'memoryId', m.id, 'version', m.version, 'memoryType', m.type, 'agentId', m.agent_id,
    'conversationId', m.conversation_id))
  from strata.memories m
  where m.tenant_id = strata.current_tenant() and m.id = any (p_ids)
$$;

-- The one step that makes memories cold, after their object was verified: those that nobody changed, read, deleted or
-- archived since the pack began. Answers their ids; the others stay warm, and their bytes in the object are noise.
create function strata.complete_pack(p_pack uuid, p_entries jsonb) returns uuid[]
language plpgsql set plan_cache_mode = force_custom_plan
as $$
declare
  v_tenant text := strata.current_tenant();
  v_began timestamptz;
  v_given uuid[] := array(select (e ->> 'memoryId')::uuid from jsonb_array_elements(p_entries) e);
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
    set tier = 'cold', content = e.item #> '{excerpt,content}', archived_at = date_trunc('milliseconds', now()),
      archived_excerpt = (e.item #>> '{excerpt,partial}')::boolean
    from jsonb_array_elements(p_entries) e (item)
    where m.tenant_id = v_tenant and m.id = any (v_given) and m.id = (e.item ->> 'memoryId')::uuid
      and m.version = (e.item ->> 'version')::bigint and m.tier = 'warm' and m.deleted_at is null
      and m.id <> all (v_read)
    returning m.id
  )
  select array_agg(id) into v_ids from moved;
  v_ids := coalesce(v_ids, '{}');

  insert into strata.archived_memories (tenant_id, memory_id, version, pack_id, byte_offset, byte_length, data_key)
  select v_tenant, (e ->> 'memoryId')::uuid, (e ->> 'version')::bigint, p_pack, (e ->> 'offset')::bigint,
    (e ->> 'length')::bigint, decode(e ->> 'dataKey', 'base64')
  from jsonb_array_elements(p_entries) e
  where (e ->> 'memoryId')::uuid = any (v_ids);
  delete from strata.memory_versions v where v.tenant_id = v_tenant and v.memory_id = any (v_ids);
  update strata.memory_embeddings e set own = null
  where e.tenant_id = v_tenant and e.memory_id = any (v_ids) and e.space = 'caller';
  update strata.archive_packs p set state = 'stored', members = '{}' where p.tenant_id = v_tenant and p.id = p_pack;
  perform strata.archive_event('memory.archived', v_ids);
  return v_ids;
end
$$;

-- Makes a cold memory warm again, at its version, from all that the archive holds of it. Counts as an access, so that
-- it is not the first to be archived again.
create function strata.restore_memory(
  p_id uuid, p_version bigint, p_entries int, p_versions jsonb, p_vector halfvec
) returns text
language plpgsql
as $$
declare
  v_tenant text := strata.current_tenant();
  v_known strata.memories;
begin
  select * into v_known from strata.memories m where m.tenant_id = v_tenant and m.id = p_id for update;
  if not found or v_known.deleted_at is not null then
    return 'gone';
  end if;
  if v_known.tier = 'warm' then
    return 'warm';
  end if;
  if v_known.version <> p_version or p_entries <> (
    select count(*) from strata.archived_memories a where a.tenant_id = v_tenant and a.memory_id = p_id) then
    return 'moved';
  end if;

  update strata.memories m
  set tier = 'warm', content = p_versions #> '{-1,state,content}', archived_at = null, archived_excerpt = null
  where m.tenant_id = v_tenant and m.id = p_id;
  insert into strata.memory_versions (tenant_id, memory_id, version, operation, changed_at, changed_by, reason, state)
  select v_tenant, p_id, (v ->> 'version')::bigint, v ->> 'operation', (v ->> 'changedAt')::timestamptz,
    v ->> 'changedBy', v ->> 'reason', v -> 'state'
  from jsonb_array_elements(p_versions) v;
  update strata.memory_embeddings e set own = p_vector, embedding = p_vector
  where e.tenant_id = v_tenant and e.memory_id = p_id and e.space = 'caller' and p_vector is not null;
  delete from strata.archived_memories a where a.tenant_id = v_tenant and a.memory_id = p_id;
  insert into strata.memory_access as a (tenant_id, memory_id, access_count, last_accessed_at)
  values (v_tenant, p_id, 1, now())
  on conflict (tenant_id, memory_id) do update
    set access_count = a.access_count + 1, last_accessed_at = excluded.last_accessed_at;
  perform strata.archive_event('memory.restored', array[p_id]);
  return 'warm';
end
$$;

-- Nobody uses the pack and nobody will: it was given up, or a run left it behind (none lives for an hour), or all that
-- it held was restored, replaced or erased.
create function strata.is_unused(p_pack strata.archive_packs) returns boolean
language sql stable
as $$
  select case p_pack.state
    when 'discarded' then true
    when 'writing' then p_pack.created_at < now() - interval '1 hour'
    else not exists (
      select from strata.archived_memories a where a.tenant_id = p_pack.tenant_id and a.pack_id = p_pack.id)
  end
$$;

-- Erases memories as strata.erase_memories does, and tells of each how many keys of the archive went with it.
create function strata.erase_memories_and_keys(p_tenant text, p_key text, p_request_hash text, p_items jsonb)
returns jsonb
language plpgsql
as $$
declare
  v_keys jsonb;
  v_erased jsonb;
begin
  perform set_config('app.tenant', p_tenant, true);
  select coalesce(jsonb_object_agg(k.memory_id, k.count), '{}') into v_keys
  from (
    select a.memory_id, count(*) from strata.archived_memories a
    where a.tenant_id = p_tenant
      and a.memory_id in (select (i ->> 'id')::uuid from jsonb_array_elements(p_items) i)
    group by a.memory_id
  ) k;
  v_erased := strata.erase_memories(p_tenant, p_key, p_request_hash, p_items);
  return jsonb_set(v_erased, '{outcomes}', (
    select coalesce(jsonb_agg(case when (o.item ->> 'ok')::boolean
      then o.item || jsonb_build_object('archived', coalesce(v_keys -> (o.item ->> 'id'), '0'))
      else o.item end order by o.n), '[]')
    from jsonb_array_elements(v_erased -> 'outcomes') with ordinality o (item, n)));
end
$$;

grant execute on function strata.begin_pack(uuid, uuid[], bigint), strata.archive_event(text, uuid[]),
  strata.complete_pack(uuid, jsonb), strata.restore_memory(uuid, bigint, int, jsonb, halfvec),
  strata.is_unused(strata.archive_packs), strata.erase_memories_and_keys(text, text, text, jsonb) to strata_app;

-- Down Migration
drop function strata.erase_memories_and_keys(text, text, text, jsonb);
drop function strata.is_unused(strata.archive_packs);
drop function strata.restore_memory(uuid, bigint, int, jsonb, halfvec);
drop function strata.complete_pack(uuid, jsonb);
drop function strata.archive_event(text, uuid[]);
drop function strata.begin_pack(uuid, uuid[], bigint);
drop trigger warm_when_written on strata.memories;
drop function strata.warm_when_written();
drop table strata.archived_memories;
drop table strata.archive_packs;
drop index strata.memories_warm;
alter table strata.memories drop column archived_at, drop column archived_excerpt;
