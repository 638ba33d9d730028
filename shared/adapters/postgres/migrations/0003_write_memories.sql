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

-- One memory to write as it arrives: the state as JSON with what the service derived from it.
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
  own             halfvec,
  caller_own      halfvec
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
    set request_hash = excluded.request_hash, outcomes = null, answer = null, created_at = now()
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
  v_ids uuid[];
begin
  perform set_config('app.tenant', p_tenant, true);
  v_outcomes := strata.claim_key(p_tenant, p_key, p_request_hash);
  if v_outcomes is not null then
    return jsonb_build_object('replayed', true, 'outcomes', v_outcomes);
  end if;

  -- in the order of ids, so that two writers of the same memories wait for each other instead of deadlocking
  perform 1 from strata.memories m
  where m.tenant_id = p_tenant
    and (m.id in (select (w -> 'state' ->> 'id')::uuid from jsonb_array_elements(p_writes) w)
      or m.external_id in (select w -> 'state' ->> 'externalId' from jsonb_array_elements(p_writes) w))
  order by m.id
  for update;

  insert into strata.embedding_spaces (tenant_id, name, dimension)
  select distinct on (v.name) p_tenant, v.name, v.dimension
  from jsonb_array_elements(p_writes) with ordinality w (item, n)
  cross join lateral (values
    (w.item ->> 'space', vector_dims((w.item ->> 'own')::halfvec)),
    ('caller', vector_dims((w.item ->> 'callerOwn')::halfvec))
  ) v (name, dimension)
  where v.dimension is not null
    and not exists (select from strata.embedding_spaces s where s.tenant_id = p_tenant and s.name = v.name)
  order by v.name, w.n
  on conflict do nothing;

  select array_agg(row(
    w.n, coalesce(known.id, w.id), coalesce(known.version, ledger.version, 0) + 1, known.id is null,
    case
      when w.position > 1 then jsonb_build_object(
        'code', 'external_id_conflict', 'detail', 'The same memory stands twice in this batch; store it once.')
      when known.id is null and w.item ->> 'kind' <> 'stored' then jsonb_build_object(
        'code', 'not_found', 'detail', 'There is no memory with this id.')
      when known.deleted_at is not null and w.item ->> 'kind' <> 'stored' then jsonb_build_object(
        'code', 'gone', 'detail', 'This memory was deleted.')
      when (w.item ->> 'expectedVersion')::bigint <> coalesce(known.version, 0) then jsonb_build_object(
        'code', 'version_conflict',
        'detail', 'The memory is at another version; read it again and repeat the change.',
        'details', jsonb_build_object('currentVersion', known.version))
      when caller_space.dimension <> vector_dims((w.item ->> 'callerOwn')::halfvec) then jsonb_build_object(
        'code', 'dimension_mismatch',
        'detail', format('The embedding has %s dimensions, the space caller has %s.',
          vector_dims((w.item ->> 'callerOwn')::halfvec), caller_space.dimension),
        'details', jsonb_build_object(
          'given', vector_dims((w.item ->> 'callerOwn')::halfvec), 'expected', caller_space.dimension))
    end,
    w.item ->> 'kind', w.item ->> 'reason', jsonb_set(w.item -> 'state', '{id}', to_jsonb(coalesce(known.id, w.id))),
    to_tsvector('english', w.item ->> 'lexicalText'), (w.item ->> 'words')::int, w.item ->> 'author',
    w.item ->> 'contentHash', w.item ->> 'edgesHash', w.item ->> 'space', (w.item ->> 'pending')::boolean,
    (w.item ->> 'own')::halfvec, (w.item ->> 'callerOwn')::halfvec
  )::strata.memory_write order by w.n)
  into v_writes
  from (
    select item, ord::int - 1 as n, (item -> 'state' ->> 'id')::uuid as id,
      row_number() over (
        partition by coalesce(item -> 'state' ->> 'externalId', item -> 'state' ->> 'id') order by ord) as position
    from jsonb_array_elements(p_writes) with ordinality as given (item, ord)
  ) w
  left join lateral (
    select m.id, m.version, m.deleted_at from strata.memories m
    where m.tenant_id = p_tenant and (m.id = w.id or m.external_id = w.item -> 'state' ->> 'externalId')
    order by m.id = w.id desc
    limit 1
  ) known on true
  left join strata.memory_sync ledger on ledger.tenant_id = p_tenant and ledger.memory_id = w.id
  left join strata.embedding_spaces caller_space
    on caller_space.tenant_id = p_tenant and caller_space.name = 'caller';

  select jsonb_agg(case
    when w.error is not null then jsonb_build_object('ok', false, 'details', '{}'::jsonb) || w.error
    else jsonb_build_object(
      'ok', true, 'id', w.id, 'version', w.version, 'created', w.created, 'relationships', '[]'::jsonb,
      'writtenAt', to_char(now() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  end order by w.n)
  into v_outcomes
  from unnest(v_writes) w;

  v_writes := array(select w from unnest(v_writes) w where w.error is null order by w.n);
  v_ids := array(select w.id from unnest(v_writes) w);

  if cardinality(v_ids) > 0 then
    perform strata.apply_writes(p_tenant, p_actor, v_writes);
    perform strata.link_turns(p_tenant, v_ids);

    select jsonb_agg(case
      when edges.list is not null then jsonb_set(o.item, '{relationships}', edges.list)
      else o.item
    end order by o.n)
    into v_outcomes
    from jsonb_array_elements(v_outcomes) with ordinality o (item, n)
    left join (
      select r.source_id, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'target', r.target, 'targetId', r.target_id, 'type', r.type, 'weight', r.weight)) order by r.type, r.target) as list
      from strata.memory_relationships r
      where r.tenant_id = p_tenant and r.source_id = any (v_ids)
      group by r.source_id
    ) edges on edges.source_id = (o.item ->> 'id')::uuid;
  end if;

  if p_key is not null then
    update strata.idempotency_keys set outcomes = v_outcomes where tenant_id = p_tenant and key = p_key;
  end if;
  return jsonb_build_object('replayed', false, 'outcomes', v_outcomes);
end
$$;

-- The statements of write_memories that change tables, each over the whole set.
create function strata.apply_writes(p_tenant text, p_actor text, p_writes strata.memory_write[]) returns void
language plpgsql
as $$
declare
  v_ids uuid[] := array(select w.id from unnest(p_writes) w);
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
    lexemes = excluded.lexemes, lexeme_count = excluded.lexeme_count, words = excluded.words, updated_at = now();

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

  insert into strata.memory_embeddings as e (tenant_id, memory_id, space, own, embedding, pending)
  select p_tenant, w.id, v.space, l2_normalize(v.vector), l2_normalize(v.vector), coalesce(v.pending, false)
  from unnest(p_writes) w
  cross join lateral (values (w.space, w.own, w.pending), ('caller', w.caller_own, null)) v (space, vector, pending)
  where v.pending is not null or v.vector is not null
  on conflict (tenant_id, memory_id, space) do update
    set own = excluded.own, embedding = excluded.embedding, pending = excluded.pending;

  delete from strata.memory_relationships r
  where r.tenant_id = p_tenant and r.source_id = any (v_ids)
    and not exists (
      select from unnest(p_writes) w, jsonb_array_elements(w.state -> 'relationships') edge
      where w.id = r.source_id and edge ->> 'target' = r.target and edge ->> 'type' = r.type);
  insert into strata.memory_relationships as r (tenant_id, source_id, target, target_id, type, weight)
  select p_tenant, w.id, edge ->> 'target', target.id, edge ->> 'type', (edge ->> 'weight')::real
  from unnest(p_writes) w
  cross join lateral jsonb_array_elements(w.state -> 'relationships') edge
  left join lateral (
    select m.id from strata.memories m
    where m.tenant_id = p_tenant and m.deleted_at is null
      and (m.id::text = lower(edge ->> 'target') or m.external_id = edge ->> 'target')
    limit 1
  ) target on true
  on conflict (tenant_id, source_id, type, target) do update
    set target_id = excluded.target_id, weight = excluded.weight;

  -- references that waited for these memories
  update strata.memory_relationships r
  set target_id = w.id
  from unnest(p_writes) w
  where r.tenant_id = p_tenant and r.target_id is null
    and r.target in (w.id::text, w.state ->> 'externalId');
end
$$;

-- Removes memories everywhere in this store. What stays of each is a tombstone with no content, which a late
-- message cannot undo, and the event that tells of it.
create function strata.erase_memories(
  p_tenant text, p_key text, p_request_hash text, p_items jsonb
) returns jsonb
language plpgsql
as $$
declare
  v_outcomes jsonb;
  v_ids uuid[];
begin
  perform set_config('app.tenant', p_tenant, true);
  v_outcomes := strata.claim_key(p_tenant, p_key, p_request_hash);
  if v_outcomes is not null then
    return jsonb_build_object('replayed', true, 'outcomes', v_outcomes);
  end if;

  perform 1 from strata.memories m
  where m.tenant_id = p_tenant and m.id in (select (i ->> 'id')::uuid from jsonb_array_elements(p_items) i)
  order by m.id
  for update;

  select coalesce(jsonb_agg(case
    when m.id is null then jsonb_build_object(
      'ok', false, 'code', 'not_found', 'detail', 'There is no memory with this id.', 'details', '{}'::jsonb)
    when (i.item ->> 'expectedVersion')::bigint <> m.version then jsonb_build_object(
      'ok', false, 'code', 'version_conflict',
      'detail', 'The memory is at another version; read it again and repeat the change.',
      'details', jsonb_build_object('currentVersion', m.version))
    else jsonb_build_object(
      'ok', true, 'id', m.id, 'version', m.version + 1,
      'removed', 1
        + (select count(*) from strata.memory_versions v where v.tenant_id = p_tenant and v.memory_id = m.id)
        + (select count(*) from strata.memory_embeddings e where e.tenant_id = p_tenant and e.memory_id = m.id)
        + (select count(*) from strata.memory_relationships r
           where r.tenant_id = p_tenant and m.id in (r.source_id, r.target_id)))
  end order by i.n), '[]'::jsonb)
  into v_outcomes
  from jsonb_array_elements(p_items) with ordinality i (item, n)
  left join strata.memories m on m.tenant_id = p_tenant and m.id = (i.item ->> 'id')::uuid;

  v_ids := array(select (o ->> 'id')::uuid from jsonb_array_elements(v_outcomes) o where (o ->> 'ok')::boolean);

  update strata.memory_sync s
  set version = s.version + 1, deleted = true, changed_at = now(),
    digest_high = strata.digest_half(s.memory_id, s.version + 1, '', '', true, 0),
    digest_low = strata.digest_half(s.memory_id, s.version + 1, '', '', true, 1)
  where s.tenant_id = p_tenant and s.memory_id = any (v_ids);

  insert into strata.outbox (tenant_id, type, data)
  select p_tenant, 'memory.deleted', jsonb_strip_nulls(jsonb_build_object(
    'memoryId', m.id, 'version', m.version + 1, 'memoryType', m.type, 'hard', true))
  from strata.memories m
  where m.tenant_id = p_tenant and m.id = any (v_ids);

  -- recorded answers hold the memory's content too
  update strata.idempotency_keys k
  set answer = null
  where k.tenant_id = p_tenant and k.answer is not null
    and exists (select from jsonb_array_elements(k.outcomes) o where (o ->> 'id')::uuid = any (v_ids));
  delete from strata.memory_versions where tenant_id = p_tenant and memory_id = any (v_ids);
  delete from strata.memory_embeddings where tenant_id = p_tenant and memory_id = any (v_ids);
  delete from strata.memory_access where tenant_id = p_tenant and memory_id = any (v_ids);
  delete from strata.memory_relationships
  where tenant_id = p_tenant and (source_id = any (v_ids) or target_id = any (v_ids));
  -- while the rows still stand, so that the turns which followed them are found
  update strata.memories set deleted_at = now() where tenant_id = p_tenant and id = any (v_ids);
  perform strata.link_turns(p_tenant, v_ids);
  delete from strata.memories where tenant_id = p_tenant and id = any (v_ids);

  if p_key is not null then
    update strata.idempotency_keys set outcomes = v_outcomes where tenant_id = p_tenant and key = p_key;
  end if;
  return jsonb_build_object('replayed', false, 'outcomes', v_outcomes);
end
$$;

-- Fills in vectors that were pending. One that was written again meanwhile is no longer pending, or pending
-- with another text: its version decides.
create function strata.fill_embeddings(p_tenant text, p_space text, p_items jsonb) returns void
language plpgsql
as $$
declare
  v_ids uuid[];
begin
  perform set_config('app.tenant', p_tenant, true);
  with filled as (
    update strata.memory_embeddings e
    set own = l2_normalize((i ->> 'own')::halfvec), embedding = l2_normalize((i ->> 'own')::halfvec), pending = false
    from jsonb_array_elements(p_items) i
    join strata.memories m on m.tenant_id = p_tenant and m.id = (i ->> 'id')::uuid
    where e.tenant_id = p_tenant and e.memory_id = m.id and e.space = p_space and e.pending
      and m.version = (i ->> 'version')::bigint
    returning e.memory_id
  )
  select array_agg(memory_id) into v_ids from filled;
  perform strata.link_turns(p_tenant, v_ids);
end
$$;

grant execute on all functions in schema strata to strata_app;

-- Down Migration
drop function strata.fill_embeddings(text, text, jsonb);
drop function strata.erase_memories(text, text, text, jsonb);
drop function strata.apply_writes(text, text, strata.memory_write[]);
drop function strata.write_memories(text, text, text, text, jsonb);
drop function strata.claim_key(text, text, text);
drop type strata.memory_write;
drop function strata.digest_half(uuid, bigint, text, text, boolean, int);
drop function strata.projections(text, uuid[]);
