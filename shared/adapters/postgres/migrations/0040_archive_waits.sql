-- Up Migration

-- What may be due is looked for tenant by tenant, because an object of the archive holds memories of one; and in the
-- index alone, because the rows of what nobody has used for months are in no cache.
drop index strata.memories_warm;
create index memories_warm on strata.memories (tenant_id, updated_at) include (id, importance)
  where tier = 'warm' and deleted_at is null and expires_at is null and type <> 'working';

drop function strata.memories_to_archive(interval, real, int);

-- Warm memories of a tenant that nobody has changed or read for long, longest unchanged first; none while they wait:
-- until there are enough for an object, or one of them has waited for long enough. Working memory and what expires
-- goes by itself; one that waits for its vector still needs its text.
create function strata.memories_to_archive(
  p_tenant text, p_older_than interval, p_keep_importance real, p_enough int, p_wait interval, p_limit int
) returns setof uuid
language sql stable
as $$
  with due as materialized (
    select m.id, m.updated_at, greatest(m.updated_at, a.last_accessed_at) as used_at
    from strata.memories m
    left join strata.memory_access a on a.tenant_id = m.tenant_id and a.memory_id = m.id
    where m.tenant_id = p_tenant
      and m.tier = 'warm' and m.deleted_at is null and m.expires_at is null and m.type <> 'working'
      and m.updated_at < now() - p_older_than and m.importance < p_keep_importance
      and (a.last_accessed_at is null or a.last_accessed_at < now() - p_older_than)
      and not exists (
        select from strata.memory_embeddings e where e.tenant_id = p_tenant and e.memory_id = m.id and e.pending)
      and not exists (
        select from strata.archive_packs p
        where p.tenant_id = p_tenant and p.state = 'writing' and m.id = any (p.members))
    order by m.updated_at
    limit p_limit
  )
  select d.id from due d
  where (select count(*) >= p_enough or min(f.used_at) < now() - p_older_than - p_wait from due f)
  order by d.updated_at
$$;

-- Tenants of which strata.memories_to_archive may find something, longest unchanged first: who has read what is not
-- asked here. The index leads from one tenant to the next, and of each no more is counted than is enough.
create function strata.tenants_to_archive(
  p_older_than interval, p_keep_importance real, p_enough int, p_wait interval
) returns setof text
language sql security definer set search_path = strata, pg_temp
as $$
  with recursive tenants as (
    (select m.tenant_id from strata.memories m
     where m.tier = 'warm' and m.deleted_at is null and m.expires_at is null and m.type <> 'working'
     order by m.tenant_id limit 1)
    union all
    select (
      select m.tenant_id from strata.memories m
      where m.tenant_id > t.tenant_id
        and m.tier = 'warm' and m.deleted_at is null and m.expires_at is null and m.type <> 'working'
      order by m.tenant_id limit 1)
    from tenants t where t.tenant_id is not null
  )
  select t.tenant_id
  from tenants t cross join lateral (
    select count(*) as count, min(f.updated_at) as oldest
    from (
      select m.updated_at from strata.memories m
      where m.tenant_id = t.tenant_id
        and m.tier = 'warm' and m.deleted_at is null and m.expires_at is null and m.type <> 'working'
        and m.updated_at < now() - p_older_than and m.importance < p_keep_importance
      order by m.updated_at
      limit p_enough
    ) f
  ) due
  where due.count >= p_enough or due.oldest < now() - p_older_than - p_wait
  order by due.oldest
$$;

grant create on schema strata to strata_worker;
alter function strata.tenants_to_archive(interval, real, int, interval) owner to strata_worker;
revoke create on schema strata from strata_worker;
revoke execute on function strata.tenants_to_archive(interval, real, int, interval) from public;
grant execute on function strata.tenants_to_archive(interval, real, int, interval),
  strata.memories_to_archive(text, interval, real, int, interval, int) to strata_app;

-- Down Migration
drop function strata.tenants_to_archive(interval, real, int, interval);
drop function strata.memories_to_archive(text, interval, real, int, interval, int);
