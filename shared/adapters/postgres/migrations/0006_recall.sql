-- Up Migration

-- Recall is one long statement that ends within milliseconds; compiling it would take longer than running it.
do $$
begin
  execute format('alter database %I set jit = off', current_database());
end
$$;

-- How often terms occur, for scopes too large to count at every search. Refreshed on a schedule rather than by each
-- write, which would make every writer wait for the rows of common words. Terms of one document are left out.
create table strata.term_statistics (
  tenant_id text not null,
  term      text not null,
  documents bigint not null,
  episodes  bigint not null,
  primary key (tenant_id, term)
);
create table strata.corpus_statistics (
  tenant_id       text not null primary key,
  documents       bigint not null,
  lexemes         bigint not null,
  episodes        bigint not null,
  episode_lexemes bigint not null,
  refreshed_at    timestamptz not null
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['term_statistics', 'corpus_statistics'] loop
    execute format('alter table strata.%I enable row level security', tenant_table);
    execute format('alter table strata.%I force row level security', tenant_table);
    execute format(
      'create policy tenant on strata.%I using (tenant_id = strata.current_tenant())
         with check (tenant_id = strata.current_tenant())', tenant_table);
    execute format('grant select, insert, update, delete on strata.%I to strata_app', tenant_table);
  end loop;
end
$$;

-- The query that any of these lexemes satisfies; null for none. They are quoted and never parsed as operators.
create function strata.any_of(p_terms text[]) returns tsquery
language sql immutable
as $$
  select string_agg('''' || replace(replace(term, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
  from unnest(p_terms) term
$$;

-- Ids of the tenant's memories with any of the terms. Only the index makes this quick, and row-level security lets
-- no index serve @@, which is not leakproof: so this is a door, it keeps to the tenant itself and hands out ids.
create function strata.memories_with_any(p_terms text[], p_limit int) returns setof uuid
language sql stable security definer set search_path = strata, pg_temp
as $$
  select m.id
  from strata.memories m
  where array[m.tenant_id] @> array[strata.current_tenant()]
    and m.lexemes @@ strata.any_of(p_terms)
    and m.deleted_at is null
  limit p_limit
$$;

-- Counts the current tenant's terms anew and answers how many there are. Above 100,000 memories a share of them is
-- counted and multiplied: whole episodes, so that terms per episode stay comparable.
create function strata.refresh_statistics() returns bigint
language plpgsql
as $$
declare
  v_tenant text := strata.current_tenant();
  v_share int;
  v_terms bigint;
begin
  -- a run that overlaps another one leaves the tenant to it
  if not pg_try_advisory_xact_lock(hashtextextended('strata.refresh_statistics:' || v_tenant, 0)) then
    return 0;
  end if;
  select greatest(1, ceil(count(*) / 100000.0)) into v_share
  from strata.memories m
  where m.tenant_id = v_tenant and m.deleted_at is null;

  with counted as materialized (
    select m.episode, m.lexemes, m.lexeme_count
    from strata.memories m
    where m.tenant_id = v_tenant and m.deleted_at is null
      and mod(hashtext(coalesce(m.episode, m.id::text)), v_share) = 0
  ),
  terms as materialized (
    select per_episode.term, v_share * sum(per_episode.documents) as documents,
      v_share * count(per_episode.episode) as episodes
    from (
      select l.term, c.episode, count(*) as documents
      from counted c
      cross join lateral unnest(tsvector_to_array(c.lexemes)) l (term)
      -- an index entry has room for no more
      where octet_length(l.term) <= 256
      group by l.term, c.episode
    ) per_episode
    group by per_episode.term
    having sum(per_episode.documents) > 1
  ),
  gone as (
    delete from strata.term_statistics s
    where s.tenant_id = v_tenant and not exists (select from terms t where t.term = s.term)
  ),
  kept as (
    insert into strata.term_statistics as s (tenant_id, term, documents, episodes)
    select v_tenant, t.term, t.documents, t.episodes from terms t
    on conflict (tenant_id, term) do update
      set documents = excluded.documents, episodes = excluded.episodes
      where (s.documents, s.episodes) is distinct from (excluded.documents, excluded.episodes)
  ),
  corpus as (
    insert into strata.corpus_statistics as s
    select v_tenant, v_share * count(*), v_share * coalesce(sum(c.lexeme_count), 0),
      v_share * count(distinct c.episode),
      v_share * coalesce(sum(c.lexeme_count) filter (where c.episode is not null), 0), now()
    from counted c
    on conflict (tenant_id) do update set
      documents = excluded.documents, lexemes = excluded.lexemes, episodes = excluded.episodes,
      episode_lexemes = excluded.episode_lexemes, refreshed_at = excluded.refreshed_at
  )
  select count(*) into v_terms from terms;
  return v_terms;
end
$$;

-- Tenants whose counts are out of date: more memories than a search scores whole and never counted, a tenth more
-- since they were counted, or any more since yesterday. Frequencies drift slowly, so edits do not count.
create function strata.tenants_to_count(p_scored_whole int, p_limit int) returns setof text
language sql stable security definer set search_path = strata, pg_temp
as $$
  with recursive tenants as (
    (select m.tenant_id from strata.memories m order by m.tenant_id limit 1)
    union all
    -- one step of the index for each tenant, however many memories it has
    select (
      select m.tenant_id from strata.memories m where m.tenant_id > t.tenant_id order by m.tenant_id limit 1
    )
    from tenants t
    where t.tenant_id is not null
  ),
  due as (
    select t.tenant_id, c.refreshed_at,
      case
        when c.refreshed_at is null then p_scored_whole + 1
        when c.refreshed_at < now() - interval '1 day' then 1
        else greatest(c.documents / 10, 1)
      end as enough
    from tenants t
    left join strata.corpus_statistics c on c.tenant_id = t.tenant_id
    where t.tenant_id is not null
  )
  select d.tenant_id
  from due d
  cross join lateral (
    select count(*) as memories
    from (
      select from strata.memories m
      where m.tenant_id = d.tenant_id and m.created_at > coalesce(d.refreshed_at, '-infinity')
      limit d.enough
    ) newer
  ) since
  where since.memories >= d.enough
  order by d.refreshed_at nulls first, d.tenant_id
  limit p_limit
$$;

-- columns, not rows: what the doors need and nothing of what a memory says but its index
grant select (tenant_id, id, created_at, deleted_at, lexemes) on strata.memories to strata_worker;
grant select on strata.corpus_statistics to strata_worker;
create policy worker on strata.memories for select to strata_worker using (true);
create policy worker on strata.corpus_statistics for select to strata_worker using (true);

alter function strata.memories_with_any(text[], int) owner to strata_worker;
alter function strata.tenants_to_count(int, int) owner to strata_worker;
revoke execute on function strata.memories_with_any(text[], int), strata.tenants_to_count(int, int) from public;
grant execute on function strata.any_of(text[]), strata.refresh_statistics(),
  strata.memories_with_any(text[], int), strata.tenants_to_count(int, int) to strata_app;

-- Down Migration
drop policy worker on strata.corpus_statistics;
drop policy worker on strata.memories;
revoke select (tenant_id, id, created_at, deleted_at, lexemes) on strata.memories from strata_worker;
drop function strata.tenants_to_count(int, int);
drop function strata.refresh_statistics();
drop function strata.memories_with_any(text[], int);
drop function strata.any_of(text[]);
drop table strata.corpus_statistics;
drop table strata.term_statistics;
do $$
begin
  execute format('alter database %I reset jit', current_database());
end
$$;
