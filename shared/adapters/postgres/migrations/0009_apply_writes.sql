-- Up Migration

-- What strata.write_memories does with the writes that it accepted.

-- The memories themselves, their versions, the ledger and the events, each one statement over the whole set.
create function strata.apply_writes(p_tenant text, p_actor text, p_writes strata.memory_write[]) returns void
language plpgsql
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
language plpgsql
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
  -- a statement that has nothing to do still costs its planning: most writes are new and have no edges
  if exists (select from unnest(p_writes) w where not w.created) then
    delete from strata.memory_relationships r
    where r.tenant_id = p_tenant
      and r.source_id = any (array(select w.id from unnest(p_writes) w where not w.created));
  end if;

  if exists (select from unnest(p_writes) w where w.state -> 'relationships' <> '[]') then
    with edges as materialized (
      select w.id as source_id, edge ->> 'target' as target, edge ->> 'type' as type, (edge ->> 'weight')::real as weight
      from unnest(p_writes) w
      cross join lateral jsonb_array_elements(w.state -> 'relationships') edge
    )
    insert into strata.memory_relationships (tenant_id, source_id, target, target_id, type, weight)
    select p_tenant, e.source_id, e.target, strata.memory_named(p_tenant, e.target), e.type, e.weight
    from edges e
    on conflict do nothing;
  end if;

  update strata.memory_relationships r
  set target_id = strata.memory_named(p_tenant, r.target)
  where r.tenant_id = p_tenant and r.target_id is null and r.target = any (array(
    select name from unnest(p_writes) w
    cross join lateral (values (w.id::text), (upper(w.id::text)), (w.state ->> 'externalId')) v (name)
    where name is not null and not w.state ? 'deletedAt'));
end
$$;

grant execute on function strata.apply_writes(text, text, strata.memory_write[]),
  strata.apply_vectors(text, strata.memory_write[]), strata.apply_edges(text, strata.memory_write[]) to strata_app;

-- every function that it owns has been handed over
revoke create on schema strata from strata_worker;

-- Down Migration
grant create on schema strata to strata_worker;
drop function strata.apply_edges(text, strata.memory_write[]);
drop function strata.apply_vectors(text, strata.memory_write[]);
drop function strata.apply_writes(text, text, strata.memory_write[]);
