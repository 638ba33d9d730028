-- Up Migration

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

  -- recorded answers hold the memory's content too, and so would one that is on its way to be recorded
  update strata.idempotency_keys k
  set answer = null, purged = true, outcomes = (
    select jsonb_agg(case when (o.item ->> 'id')::uuid = any (v_ids) then jsonb_build_object(
      'ok', false, 'code', 'gone', 'detail', 'This memory was deleted.', 'details', '{}'::jsonb) else o.item end order by o.n)
    from jsonb_array_elements(k.outcomes) with ordinality o (item, n))
  where k.tenant_id = p_tenant
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

  perform strata.settle_key(p_tenant, p_key, v_outcomes);
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
    set own = l2_normalize((i ->> 'own')::vector)::halfvec, embedding = l2_normalize((i ->> 'own')::vector)::halfvec,
      pending = false
    from jsonb_array_elements(p_items) i
    join strata.memories m on m.tenant_id = p_tenant and m.id = (i ->> 'id')::uuid
    where e.tenant_id = p_tenant and e.memory_id = m.id and e.space = p_space and e.pending
      and m.version = (i ->> 'version')::bigint
    returning e.memory_id
  )
  select array_agg(memory_id) into v_ids from filled;
  perform strata.link_turns(p_tenant, v_ids);

  -- an expired memory is read by nobody: left waiting, it would stand before those that are
  update strata.memory_embeddings e
  set pending = false
  from strata.memories m
  where e.tenant_id = p_tenant and e.space = p_space and e.pending
    and m.tenant_id = p_tenant and m.id = e.memory_id and m.expires_at <= now();
end
$$;

grant execute on function strata.erase_memories(text, text, text, jsonb), strata.fill_embeddings(text, text, jsonb)
  to strata_app;

-- Down Migration
drop function strata.fill_embeddings(text, text, jsonb);
drop function strata.erase_memories(text, text, text, jsonb);
