-- Up Migration

-- The only doors through row-level security: functions of a role that nobody logs in as. They hand out ids,
-- versions and events, never the content of a memory.
grant select on strata.memory_sync to strata_worker;
grant select (tenant_id, memory_id, space, pending) on strata.memory_embeddings to strata_worker;
grant select, delete on strata.outbox to strata_worker;
grant select (created_at), delete on strata.idempotency_keys to strata_worker;
create policy worker on strata.memory_sync to strata_worker using (true);
create policy worker on strata.memory_embeddings to strata_worker using (true);
create policy worker on strata.outbox to strata_worker using (true);
create policy worker on strata.idempotency_keys to strata_worker using (true);

-- Memories of any tenant whose projection has been behind for a while, longest first.
create function strata.memories_behind(p_older_than interval, p_limit int)
returns table (tenant_id text, memory_id uuid, version bigint)
language sql security definer set search_path = strata, pg_temp
as $$
  select s.tenant_id, s.memory_id, s.version
  from strata.memory_sync s
  where s.graph_version < s.version and s.changed_at < now() - p_older_than
  order by s.changed_at
  limit p_limit
$$;

-- Memories of any tenant that wait for a vector of this space.
create function strata.memories_unembedded(p_space text, p_limit int)
returns table (tenant_id text, memory_id uuid)
language sql security definer set search_path = strata, pg_temp
as $$
  select e.tenant_id, e.memory_id from strata.memory_embeddings e
  where e.pending and e.space = p_space
  order by e.tenant_id, e.memory_id
  limit p_limit
$$;

-- Events of any tenant, locked until the caller's transaction ends; those locked by another relay are skipped.
-- A high-water mark instead would lose the rows of transactions that commit out of order.
create function strata.claim_outbox(p_limit int)
returns table (tenant_id text, id uuid, type text, data jsonb, created_at timestamptz)
language sql security definer set search_path = strata, pg_temp
as $$
  select o.tenant_id, o.id, o.type, o.data, o.created_at
  from strata.outbox o
  order by o.created_at
  limit p_limit
  for update skip locked
$$;

create function strata.delete_published(p_tenants text[], p_ids uuid[]) returns void
language sql security definer set search_path = strata, pg_temp
as $$
  delete from strata.outbox o
  using unnest(p_tenants, p_ids) published (tenant_id, id)
  where o.tenant_id = published.tenant_id and o.id = published.id
$$;

-- Keys are honoured for a day.
create function strata.expire_idempotency_keys() returns bigint
language sql security definer set search_path = strata, pg_temp
as $$
  with expired as (
    delete from strata.idempotency_keys where created_at < now() - interval '24 hours' returning 1
  )
  select count(*) from expired
$$;

grant update on strata.outbox to strata_worker; -- FOR UPDATE asks for it
alter function strata.memories_behind(interval, int) owner to strata_worker;
alter function strata.memories_unembedded(text, int) owner to strata_worker;
alter function strata.claim_outbox(int) owner to strata_worker;
alter function strata.delete_published(text[], uuid[]) owner to strata_worker;
alter function strata.expire_idempotency_keys() owner to strata_worker;
revoke execute on function strata.memories_behind(interval, int),
  strata.memories_unembedded(text, int), strata.claim_outbox(int),
  strata.delete_published(text[], uuid[]), strata.expire_idempotency_keys() from public;
grant execute on function strata.memories_behind(interval, int),
  strata.memories_unembedded(text, int), strata.claim_outbox(int),
  strata.delete_published(text[], uuid[]), strata.expire_idempotency_keys() to strata_app;

-- Down Migration
drop function strata.expire_idempotency_keys();
drop function strata.delete_published(text[], uuid[]);
drop function strata.claim_outbox(int);
drop function strata.memories_unembedded(text, int);
drop function strata.memories_behind(interval, int);
drop policy worker on strata.idempotency_keys;
drop policy worker on strata.outbox;
drop policy worker on strata.memory_embeddings;
drop policy worker on strata.memory_sync;
