-- Up Migration

-- What the graph keeps of some memories, read at one moment; see MemoryProjection.
create function strata.projections(p_tenant text, p_ids uuid[]) returns jsonb
language sql stable
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'tenantId', s.tenant_id,
    'id', s.memory_id,
    'version', s.version,
    'digestHigh', s.digest_high,
    'digestLow', s.digest_low,
    'deleted', s.deleted,
    'type', coalesce(m.type, ''),
    'agentId', m.agent_id,
    'userId', m.user_id,
    'conversationId', m.conversation_id,
    'domain', m.domain,
    'importance', coalesce(m.importance, 0),
    'occurredAt', coalesce(to_char(m.occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), ''),
    'entities', case when s.deleted then '[]'::jsonb else coalesce(m.entities, '[]'::jsonb) end,
    'outgoing', coalesce((
      select jsonb_agg(jsonb_build_object(
        'sourceId', r.source_id, 'targetId', r.target_id, 'type', r.type, 'weight', r.weight))
      from strata.memory_relationships r
      where not s.deleted and r.tenant_id = p_tenant and r.source_id = s.memory_id and r.target_id is not null
    ), '[]'::jsonb),
    'incoming', coalesce((
      select jsonb_agg(jsonb_build_object(
        'sourceId', r.source_id, 'targetId', r.target_id, 'type', r.type, 'weight', r.weight,
        'sourceVersion', source.version))
      from strata.memory_relationships r
      join strata.memory_sync source
        on source.tenant_id = p_tenant and source.memory_id = r.source_id and not source.deleted
      where not s.deleted and r.tenant_id = p_tenant and r.target_id = s.memory_id
    ), '[]'::jsonb)
  )), '[]'::jsonb)
  from strata.memory_sync s
  left join strata.memories m on m.tenant_id = s.tenant_id and m.id = s.memory_id
  where s.tenant_id = p_tenant and s.memory_id = any (p_ids)
$$;

-- The digest that both stores keep of a state: SHA-256 of what identifies it, first eight bytes as two integers.
create function strata.digest_half(p_id uuid, p_version bigint, p_content_hash text, p_edges_hash text, p_deleted boolean, p_half int)
returns bigint
language sql immutable
as $$
  select ('x' || substr(encode(sha256(convert_to(
    p_id::text || '|' || p_version::text || '|' || p_content_hash || '|' || p_edges_hash || '|' || p_deleted::text,
    'utf8')), 'hex'), 1 + 8 * p_half, 8))::bit(32)::bigint
$$;

-- A reference as an id, null when it is none. No index serves a comparison with id::text.
create function strata.id_of(p_reference text) returns uuid
language sql immutable
as $$
  select case when p_reference ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then p_reference::uuid end
$$;

-- The memory that a reference names, by its id before by an external id; null for none. Made to be looked up one by
-- one: as a join, a planner without statistics reads the whole tenant for each of them.
create function strata.memory_named(p_tenant text, p_reference text) returns uuid
language sql stable
as $$
  select coalesce(
    (select m.id from strata.memories m
     where m.tenant_id = p_tenant and m.id = strata.id_of(p_reference) and m.deleted_at is null),
    (select m.id from strata.memories m
     where m.tenant_id = p_tenant and m.external_id = p_reference and m.deleted_at is null))
$$;

-- One memory to write: what arrived, and what the store made of it (id, version, created, error).
create type strata.memory_write as (
  n               int,
  id              uuid,
  version         bigint,
  created         boolean,
  error           jsonb,
  kind            text,
  reason          text,
  state           jsonb,
  lexemes         tsvector,
  words           int,
  author          text,
  content_hash    text,
  edges_hash      text,
  space           text,
  pending         boolean,
  own             vector,
  caller_own      vector
);

-- Claims an idempotency key for the running write. Answers the outcomes of the write that claimed it before,
-- null when the claim is new. Another request under the same key raises ST422.
create function strata.claim_key(p_tenant text, p_key text, p_request_hash text) returns jsonb
language plpgsql
as $$
declare
  v_earlier strata.idempotency_keys;
begin
  if p_key is null then
    return null;
  end if;
  -- waits for a competitor that holds the key and has not committed; a key of yesterday may be used anew
  insert into strata.idempotency_keys as k (tenant_id, key, request_hash)
  values (p_tenant, p_key, p_request_hash)
  on conflict (tenant_id, key) do update
    set request_hash = excluded.request_hash, outcomes = null, answer = null, purged = false, created_at = now()
    where k.created_at < now() - interval '24 hours';
  if found then
    return null;
  end if;
  select * into v_earlier from strata.idempotency_keys where tenant_id = p_tenant and key = p_key;
  if v_earlier.request_hash <> p_request_hash then
    raise exception 'idempotency key reused' using errcode = 'ST422';
  end if;
  return v_earlier.outcomes;
end
$$;

-- Gives a claim back when the write did nothing, so that the caller may try again under its key.
create function strata.settle_key(p_tenant text, p_key text, p_outcomes jsonb) returns void
language plpgsql
as $$
begin
  if p_key is null then
    return;
  end if;
  if p_outcomes @> '[{"ok": true}]' then
    update strata.idempotency_keys set outcomes = p_outcomes where tenant_id = p_tenant and key = p_key;
  else
    delete from strata.idempotency_keys where tenant_id = p_tenant and key = p_key and answer is null;
  end if;
end
$$;

-- Functions that look rows up plan anew each time: a plan that was made while the tables were empty reads whole
-- tenants when they have grown, and nothing tells it so before statistics are gathered.

-- Each item of a request beside the memory that it meets: by its id, else by its external id.
create function strata.checked_writes(p_tenant text, p_writes jsonb) returns strata.memory_write[]
language plpgsql set plan_cache_mode = force_custom_plan
as $$
declare
  v_ids uuid[];
  v_external_ids text[];
  v_writes strata.memory_write[];
begin
  select array_agg((w -> 'state' ->> 'id')::uuid), array_agg(w -> 'state' ->> 'externalId')
  into v_ids, v_external_ids
  from jsonb_array_elements(p_writes) w;

  -- in the order of ids, so that two writers of the same memories wait for each other instead of deadlocking
  perform 1 from strata.memories m
  where m.tenant_id = p_tenant and m.id = any (v_ids || array(
    select e.id from strata.memories e where e.tenant_id = p_tenant and e.external_id = any (v_external_ids)))
  order by m.id
  for update;

  with given as materialized (
    select w.ord::int - 1 as n, w.item, w.item -> 'state' as state, (w.item -> 'state' ->> 'id')::uuid as id,
      w.item -> 'state' ->> 'externalId' as external_id, w.item ->> 'kind' as kind,
      (w.item ->> 'expectedVersion')::bigint as expected_version,
      (w.item ->> 'own')::vector as own, (w.item ->> 'callerOwn')::vector as caller_own
    from jsonb_array_elements(p_writes) with ordinality w (item, ord)
  ),
  -- looked up one by one: as a join with OR, no index serves it
  named as materialized (
    select g.*, coalesce(
      (select m.id from strata.memories m where m.tenant_id = p_tenant and m.id = g.id),
      (select m.id from strata.memories m where m.tenant_id = p_tenant and m.external_id = g.external_id)) as known_id
    from given g
  ),
  met as (
    select g.*, coalesce(k.id, g.id) as met_id, k.id is null as created,
      coalesce(k.version, ledger.version, 0) + 1 as next_version,
      case
        when row_number() over (
          partition by coalesce('id:' || k.id, 'external id:' || g.external_id, 'id:' || g.id) order by g.n) > 1
        then jsonb_build_object(
          'code', 'external_id_conflict', 'detail', 'The same memory stands twice in this batch; store it once.')
        when k.id is null and g.kind <> 'stored' then jsonb_build_object(
          'code', 'not_found', 'detail', 'There is no memory with this id.')
        when k.deleted_at is not null and g.kind <> 'stored' then jsonb_build_object(
          'code', 'gone', 'detail', 'This memory was deleted.')
        when g.expected_version <> coalesce(k.version, 0) then jsonb_build_object(
          'code', 'version_conflict',
          'detail', 'The memory is at another version; read it again and repeat the change.',
          'details', jsonb_build_object('currentVersion', k.version))
      end as error
    from named g
    left join lateral (
      select m.id, m.version, m.deleted_at
      from strata.memories m
      where m.tenant_id = p_tenant and m.id = g.known_id
      limit 1
    ) k on true
    left join lateral (
      select s.version from strata.memory_sync s where s.tenant_id = p_tenant and s.memory_id = g.id limit 1
    ) ledger on true
  ),
  -- the space of the caller's vectors has the dimension of the first one that was stored
  caller_space as (
    select coalesce(
      (select s.dimension from strata.embedding_spaces s where s.tenant_id = p_tenant and s.name = 'caller'),
      (select vector_dims(m.caller_own) from met m
       where m.error is null and m.caller_own is not null order by m.n limit 1)
    ) as dimension
  )
  select array_agg(row(
    m.n, m.met_id, m.next_version, m.created,
    coalesce(m.error, case when vector_dims(m.caller_own) <> c.dimension then jsonb_build_object(
      'code', 'dimension_mismatch',
      'detail', format('The embedding has %s dimensions, the space caller has %s.', vector_dims(m.caller_own), c.dimension),
      'details', jsonb_build_object('given', vector_dims(m.caller_own), 'expected', c.dimension)) end),
    m.kind, m.item ->> 'reason', jsonb_set(m.state, '{id}', to_jsonb(m.met_id)),
    to_tsvector('english', m.item ->> 'lexicalText'), (m.item ->> 'words')::int, m.item ->> 'author',
    m.item ->> 'contentHash', m.item ->> 'edgesHash', m.item ->> 'space', (m.item ->> 'pending')::boolean,
    m.own, m.caller_own
  )::strata.memory_write order by m.n)
  into v_writes
  from met m cross join caller_space c;
  return v_writes;
end
$$;

-- Writes a set of memories in one call: rows, versions, vectors, edges, the ledger of the dual write and the
-- events that tell of it. Each item succeeds or fails by itself; all that succeed commit together.
create function strata.write_memories(
  p_tenant text, p_actor text, p_key text, p_request_hash text, p_writes jsonb
) returns jsonb
language plpgsql
as $$
declare
  v_outcomes jsonb;
  v_writes strata.memory_write[];
  v_accepted strata.memory_write[];
  v_ids uuid[];
begin
  perform set_config('app.tenant', p_tenant, true);
  v_outcomes := strata.claim_key(p_tenant, p_key, p_request_hash);
  if v_outcomes is not null then
    return jsonb_build_object('replayed', true, 'outcomes', v_outcomes);
  end if;

  v_writes := strata.checked_writes(p_tenant, p_writes);
  v_accepted := array(select w from unnest(v_writes) w where w.error is null order by w.n);
  v_ids := array(select w.id from unnest(v_accepted) w);
  if cardinality(v_ids) > 0 then
    perform strata.apply_writes(p_tenant, p_actor, v_accepted);
    perform strata.apply_vectors(p_tenant, v_accepted);
    perform strata.apply_edges(p_tenant, v_accepted);
    perform strata.link_turns(p_tenant, v_ids);
  end if;

  select coalesce(jsonb_agg(case
    when w.error is not null then jsonb_build_object('ok', false, 'details', '{}'::jsonb) || w.error
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

grant execute on all functions in schema strata to strata_app;

-- Down Migration
drop function strata.write_memories(text, text, text, text, jsonb);
drop function strata.checked_writes(text, jsonb);
drop function strata.settle_key(text, text, jsonb);
drop function strata.claim_key(text, text, text);
drop type strata.memory_write;
drop function strata.memory_named(text, text);
drop function strata.id_of(text);
drop function strata.digest_half(uuid, bigint, text, text, boolean, int);
drop function strata.projections(text, uuid[]);
