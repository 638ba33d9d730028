-- Up Migration

-- Links the turns of conversations: each to the one before it in its episode, and its vector to that one's.
-- An episode is a session where one is named, else a run of turns without a gap of more than 30 minutes.
-- Looks at each conversation from its earliest changed turn on, so appending a turn costs two rows. Where a planner
-- without statistics would read the whole tenant, the rows are named once more by an array or behind `offset 0`.
create function strata.link_turns(p_tenant text, p_changed uuid[]) returns void
language plpgsql set plan_cache_mode = force_custom_plan
as $$
declare
  -- a turn that moved or went also changes the one that followed it
  v_affected uuid[] := p_changed || array(
    select m.id from strata.memories m where m.tenant_id = p_tenant and m.previous_id = any (p_changed));
  v_relinked uuid[];
begin
  if not exists (
    select from strata.memories m
    where m.tenant_id = p_tenant and m.id = any (p_changed)
      and (m.conversation_id is not null or m.episode is not null)
  ) then
    return;
  end if;
  -- what is in no conversation now follows nothing
  update strata.memories m
  set previous_id = null, episode = null
  where m.tenant_id = p_tenant and m.id = any (p_changed) and m.episode is not null
    and (m.conversation_id is null or m.deleted_at is not null);

  with changed as (
    select m.conversation_id, min(m.occurred_at) as since
    from strata.memories m
    where m.tenant_id = p_tenant and m.id = any (v_affected) and m.conversation_id is not null
    group by m.conversation_id
  ),
  turns as (
    select since.id, since.conversation_id, since.session_id, since.occurred_at, since.episode, false as anchor
    from changed c
    cross join lateral (
      select m.* from strata.memories m
      where m.tenant_id = p_tenant and m.conversation_id = c.conversation_id and m.occurred_at >= c.since
        and m.deleted_at is null
      offset 0
    ) since
    union all
    -- the last turn before them is not changed itself, but the first of them follows it
    select before.id, before.conversation_id, before.session_id, before.occurred_at, before.episode, true
    from changed c
    cross join lateral (
      select m.* from strata.memories m
      where m.tenant_id = p_tenant and m.conversation_id = c.conversation_id and m.occurred_at < c.since
        and m.deleted_at is null
      order by m.occurred_at desc, m.id desc
      limit 1
    ) before
  ),
  ordered as (
    select t.*,
      lag(t.id) over w as earlier_id,
      case
        when lag(t.id) over w is null then true
        when t.session_id is distinct from lag(t.session_id) over w then true
        when t.session_id is not null then false
        else t.occurred_at - lag(t.occurred_at) over w > interval '30 minutes'
      end as starts
    from turns t
    window w as (partition by t.conversation_id order by t.occurred_at, t.id)
  ),
  runs as (
    select o.*, count(*) filter (where o.starts) over (partition by o.conversation_id order by o.occurred_at, o.id) as run
    from ordered o
  ),
  named as (
    select r.id, r.anchor,
      case when not r.starts then r.earlier_id end as previous_id,
      case
        when r.session_id is not null then 'session:' || r.conversation_id || ':' || r.session_id
        -- the run that goes on from the anchor keeps the anchor's name
        else first_value(coalesce(case when r.anchor then r.episode end, 'turn:' || r.id::text))
          over (partition by r.conversation_id, r.run order by r.occurred_at, r.id)
      end as episode
    from runs r
  ),
  relinked as (
    update strata.memories m
    set previous_id = n.previous_id, episode = n.episode
    from named n
    where m.tenant_id = p_tenant and m.id = any (array(select id from named)) and m.id = n.id and not n.anchor
      and (m.previous_id is distinct from n.previous_id or m.episode is distinct from n.episode)
    returning m.id
  )
  select array_agg(id) into v_relinked from relinked;

  -- the vectors of the turns that changed, of those with another turn before them, and of those that follow
  with turns as (
    select e.memory_id, e.space, e.own,
      (select before.own from strata.memory_embeddings before
       where before.tenant_id = p_tenant and before.memory_id = m.previous_id and before.space = e.space) as before
    from strata.memories m
    join strata.memory_embeddings e on e.tenant_id = p_tenant and e.memory_id = m.id and e.space <> 'caller'
      and e.memory_id = any (v_affected || v_relinked)
    where m.tenant_id = p_tenant and m.id = any (v_affected || v_relinked)
  ),
  blended as (
    select t.memory_id, t.space,
      case
        when t.before is null then t.own
        when t.own is null then t.before
        -- in single precision: a tiny half times 0.4 is an error of underflow
        else l2_normalize(
          t.own::vector + t.before::vector * array_fill(0.4::real, array[vector_dims(t.before)])::vector)::halfvec
      end as embedding
    from turns t
  )
  update strata.memory_embeddings e
  set embedding = b.embedding
  from blended b
  where e.tenant_id = p_tenant and e.memory_id = any (v_affected || v_relinked)
    and e.memory_id = b.memory_id and e.space = b.space
    and e.embedding is distinct from b.embedding;
end
$$;

-- Down Migration
drop function strata.link_turns(text, uuid[]);
