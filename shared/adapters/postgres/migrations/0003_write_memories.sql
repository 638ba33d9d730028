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
    delete from strata.idempotency_keys where tenant_id = p_tenant and key = p_key;
  end if;
end
$$;

-- The functions below plan anew each time: a plan that was made while the tables were empty reads whole tenants
-- when they have grown, and nothing tells it so before statistics are gathered.

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
    select g.*, coalesce(k.id, g.id) as met_id, k.version as known_version, k.id is null as created,
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

-- The memories themselves, their versions, the ledger and the events, each one statement over the whole set.
create function strata.apply_writes(p_tenant text, p_actor text, p_writes strata.memory_write[]) returns void
language plpgsql set plan_cache_mode = force_custom_plan
as $$
begin
  insert into strata.memories as m (
    tenant_id, id, version, external_id, type, agent_id, service_id, user_id, conversation_id, session_id, role,
    author, domain, content, summary, tags, importance, metadata, entities, occurred_at, valid_from, valid_to,
    expires_at, deleted_at, lexemes, lexeme_count, words
  )
  select p_tenant, w.id, w.version, s.state ->> 'externalId', s.state ->> 'type', s.state ->> 'agentId',
    s.state ->> 'serviceId', s.state ->> 'userId', s.state ->> 'conversationId', s.state ->> 'sessionId',
    s.state ->> 'role', w.author, s.state ->> 'domain', s.state -> 'content', s.state ->> 'summary',
    array(select jsonb_array_elements_text(s.state -> 'tags')), (s.state ->> 'importance')::real,
    s.state -> 'metadata', s.state -> 'entities', (s.state ->> 'occurredAt')::timestamptz,
    (s.state ->> 'validFrom')::timestamptz, (s.state ->> 'validTo')::timestamptz,
    (s.state ->> 'expiresAt')::timestamptz, (s.state ->> 'deletedAt')::timestamptz,
    w.lexemes, (select coalesce(sum(cardinality(l.positions)), 0) from unnest(w.lexemes) l), w.words
  from unnest(p_writes) w
  cross join lateral (select w.state) s
  on conflict (tenant_id, id) do update set
    version = excluded.version, external_id = excluded.external_id, type = excluded.type,
    agent_id = excluded.agent_id, service_id = excluded.service_id, user_id = excluded.user_id,
    conversation_id = excluded.conversation_id, session_id = excluded.session_id, role = excluded.role,
    author = excluded.author, domain = excluded.domain, content = excluded.content, summary = excluded.summary,
    tags = excluded.tags, importance = excluded.importance, metadata = excluded.metadata,
    entities = excluded.entities, occurred_at = excluded.occurred_at, valid_from = excluded.valid_from,
    valid_to = excluded.valid_to, expires_at = excluded.expires_at, deleted_at = excluded.deleted_at,
    lexemes = excluded.lexemes, lexeme_count = excluded.lexeme_count, words = excluded.words,
    updated_at = excluded.updated_at;

  insert into strata.memory_versions (tenant_id, memory_id, version, operation, changed_by, reason, state)
  select p_tenant, w.id, w.version,
    case when w.created then 'created' when w.kind = 'stored' then 'updated' else w.kind end,
    p_actor, w.reason, w.state
  from unnest(p_writes) w;

  insert into strata.memory_sync as s (tenant_id, memory_id, version, digest_high, digest_low, deleted)
  select p_tenant, w.id, w.version,
    strata.digest_half(w.id, w.version, w.content_hash, w.edges_hash, w.state ? 'deletedAt', 0),
    strata.digest_half(w.id, w.version, w.content_hash, w.edges_hash, w.state ? 'deletedAt', 1),
    w.state ? 'deletedAt'
  from unnest(p_writes) w
  on conflict (tenant_id, memory_id) do update set
    version = excluded.version, digest_high = excluded.digest_high, digest_low = excluded.digest_low,
    deleted = excluded.deleted, changed_at = now();

  insert into strata.outbox (tenant_id, type, data)
  select p_tenant,
    case when w.created then 'memory.stored' when w.kind = 'deleted' then 'memory.deleted' else 'memory.updated' end,
    jsonb_strip_nulls(jsonb_build_object(
      'memoryId', w.id, 'version', w.version, 'memoryType', w.state ->> 'type', 'agentId', w.state ->> 'agentId',
      'conversationId', w.state ->> 'conversationId', 'hard', case when w.kind = 'deleted' then false end))
  from unnest(p_writes) w;
end
$$;

-- The vectors of a set of writes; those that a write does not bring stay as they are.
create function strata.apply_vectors(p_tenant text, p_writes strata.memory_write[]) returns void
language plpgsql set plan_cache_mode = force_custom_plan
as $$
begin
  insert into strata.embedding_spaces (tenant_id, name, dimension)
  select distinct on (v.name) p_tenant, v.name, vector_dims(v.vector)
  from unnest(p_writes) w
  cross join lateral (values (w.space, w.own), ('caller', w.caller_own)) v (name, vector)
  where v.vector is not null
    and not exists (select from strata.embedding_spaces s where s.tenant_id = p_tenant and s.name = v.name)
  order by v.name, w.n
  on conflict do nothing;
  -- another writer's first vector came between the check and this: once more, against its dimension
  if exists (
    select from unnest(p_writes) w
    join strata.embedding_spaces s on s.tenant_id = p_tenant and s.name = 'caller'
    where vector_dims(w.caller_own) <> s.dimension
  ) then
    raise exception 'the caller space was fixed meanwhile' using errcode = 'serialization_failure';
  end if;

  insert into strata.memory_embeddings as e (tenant_id, memory_id, space, own, embedding, pending)
  select p_tenant, w.id, v.space, v.unit, v.unit, coalesce(v.pending, false)
  from unnest(p_writes) w
  cross join lateral (values
    (w.space, l2_normalize(w.own)::halfvec, w.pending), ('caller', l2_normalize(w.caller_own)::halfvec, null)
  ) v (space, unit, pending)
  where v.pending is not null or v.unit is not null
  on conflict (tenant_id, memory_id, space) do update
    set own = excluded.own, embedding = excluded.embedding, pending = excluded.pending;
end
$$;

-- The edges of a set of writes, each write giving all of its memory's, and those of others that waited for them.
create function strata.apply_edges(p_tenant text, p_writes strata.memory_write[]) returns void
language plpgsql set plan_cache_mode = force_custom_plan
as $$
begin
  delete from strata.memory_relationships r
  where r.tenant_id = p_tenant
    and r.source_id = any (array(select w.id from unnest(p_writes) w where not w.created));

  with edges as materialized (
    select w.id as source_id, edge ->> 'target' as target, edge ->> 'type' as type, (edge ->> 'weight')::real as weight
    from unnest(p_writes) w
    cross join lateral jsonb_array_elements(w.state -> 'relationships') edge
  )
  insert into strata.memory_relationships (tenant_id, source_id, target, target_id, type, weight)
  select p_tenant, e.source_id, e.target, strata.memory_named(p_tenant, e.target), e.type, e.weight
  from edges e
  on conflict do nothing;

  update strata.memory_relationships r
  set target_id = strata.memory_named(p_tenant, r.target)
  where r.tenant_id = p_tenant and r.target_id is null and r.target = any (array(
    select name from unnest(p_writes) w
    cross join lateral (values (w.id::text), (upper(w.id::text)), (w.state ->> 'externalId')) v (name)
    where name is not null and not w.state ? 'deletedAt'));
end
$$;

grant execute on all functions in schema strata to strata_app;

-- Down Migration
drop function strata.apply_edges(text, strata.memory_write[]);
drop function strata.apply_vectors(text, strata.memory_write[]);
drop function strata.apply_writes(text, text, strata.memory_write[]);
drop function strata.write_memories(text, text, text, text, jsonb);
drop function strata.checked_writes(text, jsonb);
drop function strata.settle_key(text, text, jsonb);
drop function strata.claim_key(text, text, text);
drop type strata.memory_write;
drop function strata.memory_named(text, text);
drop function strata.id_of(text);
drop function strata.digest_half(uuid, bigint, text, text, boolean, int);
drop function strata.projections(text, uuid[]);
