-- Up Migration

-- Who is connected over WebSocket. A row may outlive its connection: sending to it finds that out.
create table strata.socket_connections (
  tenant_id     text not null,
  connection_id text not null unique,
  subject       text not null,
  scopes        text[] not null,
  service_id    text,
  -- what it hears; null: nothing
  filter        jsonb,
  expires_at    timestamptz not null,
  primary key (tenant_id, connection_id)
);
create index socket_connections_service on strata.socket_connections (tenant_id, service_id);
create index socket_connections_expiry on strata.socket_connections (expires_at);

-- Where each tenant's stream has come to. Whoever appends or subscribes holds the row until he commits: so places are
-- given in the order of commits, and no event slips in between what a subscriber was shown and what he hears next.
create table strata.event_streams (
  tenant_id     text primary key,
  last_sequence bigint not null default 0
);

-- Ids and versions, never content.
create table strata.stream_events (
  tenant_id   text not null,
  sequence    bigint not null,
  id          text not null,
  type        text not null,
  occurred_at timestamptz not null,
  data        jsonb not null,
  -- connections that have still to be told
  awaiting    text[] not null,
  appended_at timestamptz not null default date_trunc('milliseconds', now()),
  primary key (tenant_id, sequence),
  unique (tenant_id, id)
);
create index stream_events_age on strata.stream_events (appended_at);
create index stream_events_awaiting on strata.stream_events (tenant_id, sequence) where awaiting <> '{}';

do $$
declare name text;
begin
  foreach name in array array['socket_connections', 'event_streams', 'stream_events'] loop
    execute format('alter table strata.%I enable row level security', name);
    execute format('alter table strata.%I force row level security', name);
    execute format('create policy tenant on strata.%I using (tenant_id = strata.current_tenant())
      with check (tenant_id = strata.current_tenant())', name);
    execute format('create policy worker on strata.%I to strata_worker using (true)', name);
  end loop;
end
$$;
grant select, insert, update, delete on strata.socket_connections to strata_app;
grant select, insert, update on strata.event_streams, strata.stream_events to strata_app;
grant select on strata.socket_connections, strata.event_streams to strata_worker;
grant select (tenant_id, sequence, awaiting, appended_at), delete on strata.stream_events to strata_worker;

create function strata.event_matches(p_filter jsonb, p_type text, p_data jsonb) returns boolean
language sql immutable
as $$
  select coalesce(p_filter -> 'events' ? p_type, true)
    and (not p_filter ? 'agentId' or p_filter -> 'agentId' is not distinct from p_data -> 'agentId')
    and (not p_filter ? 'conversationId'
      or p_filter -> 'conversationId' is not distinct from p_data -> 'conversationId')
    and (not p_filter ? 'memoryTypes'
      or coalesce(p_filter -> 'memoryTypes' ? (p_data ->> 'memoryType'), false))
$$;

-- Holds the tenant's stream until the transaction ends, and answers where it has come to.
create function strata.hold_stream() returns bigint
language plpgsql
as $$
begin
  insert into strata.event_streams (tenant_id) values (strata.current_tenant()) on conflict do nothing;
  return (select s.last_sequence from strata.event_streams s where s.tenant_id = strata.current_tenant() for update);
end
$$;

-- False: the tenant has as many connections as it may.
create function strata.open_socket(
  p_connection text, p_subject text, p_scopes text[], p_expires_at timestamptz, p_most int
) returns boolean
language plpgsql
as $$
begin
  perform strata.hold_stream();
  if (
    select count(*) from strata.socket_connections c
    where c.tenant_id = strata.current_tenant() and c.expires_at > now()
  ) >= p_most then
    return false;
  end if;
  insert into strata.socket_connections (tenant_id, connection_id, subject, scopes, expires_at)
  values (strata.current_tenant(), p_connection, p_subject, p_scopes, p_expires_at);
  return true;
end
$$;

create function strata.identify_socket(p_connection text, p_service text, p_filter jsonb)
returns table (head bigint, subscribed boolean)
language plpgsql
as $$
declare
  v_head bigint := strata.hold_stream();
begin
  return query
    update strata.socket_connections c
    set service_id = p_service, filter = coalesce(c.filter, p_filter)
    where c.tenant_id = strata.current_tenant() and c.connection_id = p_connection
    returning v_head, c.filter is not null;
end
$$;

-- With p_after, what a connection missed: events behind that place and those in p_except, p_limit at most. Once there
-- are none it hears what fits p_filter from now on, and nothing before: so no new event comes between missed ones.
create function strata.subscribe_socket(
  p_connection text, p_filter jsonb, p_after bigint, p_except bigint[], p_limit int
) returns table (head bigint, missed jsonb, kept_since timestamptz)
language plpgsql
as $$
declare
  v_tenant text := strata.current_tenant();
  v_first bigint;
  v_first_at timestamptz;
  v_after bigint := p_after;
begin
  head := strata.hold_stream();
  missed := '[]';
  if p_after is not null then
    select e.sequence, e.appended_at into v_first, v_first_at
    from strata.stream_events e where e.tenant_id = v_tenant order by e.sequence limit 1;
    -- a place beyond the end is from before the database was restored
    if p_after > head then v_after := 0; end if;
    if p_after > head
      or coalesce(v_first, head + 1) > least(p_after + 1, (select min(place) from unnest(p_except) place)) then
      kept_since := coalesce(v_first_at, now());
    end if;

    select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'type', e.type, 'occurredAt', e.occurred_at,
        'data', e.data, 'sequence', e.sequence, 'appendedAt', e.appended_at) order by e.sequence), '[]')
    into missed
    from (
      select * from strata.stream_events e
      where e.tenant_id = v_tenant and (e.sequence > v_after or e.sequence = any (p_except))
        and strata.event_matches(p_filter, e.type, e.data)
      order by e.sequence
      limit p_limit
    ) e;
  end if;

  update strata.socket_connections c set filter = case when missed = '[]' then p_filter end
  where c.tenant_id = v_tenant and c.connection_id = p_connection;
  if found then return next; end if;
end
$$;

-- Gives an event its place, once per id, and answers who has still to be told of it. No row: the tenant never
-- connected, so nobody can ask for its events.
create function strata.append_event(p_id text, p_type text, p_occurred_at timestamptz, p_data jsonb)
returns table (sequence bigint, appended_at timestamptz, awaiting text[], unfinished bigint[])
language plpgsql
as $$
declare
  v_tenant text := strata.current_tenant();
  v_event strata.stream_events;
begin
  perform from strata.event_streams s where s.tenant_id = v_tenant for update;
  if not found then return; end if;

  select * into v_event from strata.stream_events e where e.tenant_id = v_tenant and e.id = p_id;
  if not found then
    with next as (
      update strata.event_streams s set last_sequence = s.last_sequence + 1
      where s.tenant_id = v_tenant returning s.last_sequence
    )
    insert into strata.stream_events (tenant_id, sequence, id, type, occurred_at, data, awaiting)
    select v_tenant, next.last_sequence, p_id, p_type, p_occurred_at, p_data, array(
      select c.connection_id from strata.socket_connections c
      where c.tenant_id = v_tenant and c.filter is not null and c.expires_at > now()
        and strata.event_matches(c.filter, p_type, p_data)
    )
    from next
    returning * into v_event;
  end if;

  return query select v_event.sequence, v_event.appended_at,
    array(
      select c.connection_id from strata.socket_connections c
      where c.tenant_id = v_tenant and c.connection_id = any (v_event.awaiting) and c.expires_at > now()
    ),
    array(
      select e.sequence from strata.stream_events e
      where e.tenant_id = v_tenant and e.awaiting <> '{}' and e.sequence < v_event.sequence
        and exists (
          select from strata.socket_connections c
          where c.tenant_id = v_tenant and c.connection_id = any (e.awaiting)
        )
      order by e.sequence
    );
end
$$;

-- Of two deliveries at once each may have reached some: who was reached by either is not told again.
create function strata.finish_event(p_id text, p_unreached text[], p_gone text[]) returns void
language sql
as $$
  update strata.stream_events e
  set awaiting = array(select unnest(e.awaiting) intersect select unnest(p_unreached))
  where e.tenant_id = strata.current_tenant() and e.id = p_id;
  delete from strata.socket_connections c
  where c.tenant_id = strata.current_tenant() and c.connection_id = any (p_gone);
$$;

-- Doors across tenants. A client's message carries the connection that it came over and nothing else.
create function strata.socket_connection(p_connection text)
returns table (tenant_id text, subject text, scopes text[], service_id text, expires_at timestamptz)
language sql stable security definer set search_path = strata, pg_temp
as $$
  select c.tenant_id, c.subject, c.scopes, c.service_id, c.expires_at
  from strata.socket_connections c where c.connection_id = p_connection
$$;

-- Connections that are to end: their token has, or an event could not be handed to them for ten minutes.
create function strata.overdue_sockets(p_limit int)
returns table (tenant_id text, connection_id text, reason text)
language sql stable security definer set search_path = strata, pg_temp
as $$
  select c.tenant_id, c.connection_id, 'expired' from strata.socket_connections c where c.expires_at <= now()
  union
  select c.tenant_id, c.connection_id, 'unreached'
  from strata.stream_events e
  join strata.socket_connections c on c.tenant_id = e.tenant_id and c.connection_id = any (e.awaiting)
  where e.awaiting <> '{}' and e.appended_at < now() - interval '10 minutes' and c.expires_at > now()
  limit p_limit
$$;

-- Events that are older than a time, or more than a number of them before the last; 20,000 at once at most.
create function strata.trim_streams(p_keep interval, p_most bigint) returns bigint
language sql security definer set search_path = strata, pg_temp
as $$
  with old as (
    select e.tenant_id, e.sequence from strata.stream_events e
    where e.appended_at < now() - p_keep
    order by e.appended_at
    limit 10000
  ), beyond as (
    select s.tenant_id, e.sequence
    from strata.event_streams s
    cross join lateral (
      select e.sequence from strata.stream_events e
      where e.tenant_id = s.tenant_id and e.sequence <= s.last_sequence - p_most
    ) e
    limit 10000
  ), trimmed as (
    delete from strata.stream_events e
    using (select * from old union select * from beyond) t
    where e.tenant_id = t.tenant_id and e.sequence = t.sequence
    returning 1
  )
  select count(*) from trimmed
$$;

grant create on schema strata to strata_worker;
alter function strata.socket_connection(text) owner to strata_worker;
alter function strata.overdue_sockets(int) owner to strata_worker;
alter function strata.trim_streams(interval, bigint) owner to strata_worker;
revoke create on schema strata from strata_worker;
revoke execute on function strata.socket_connection(text), strata.overdue_sockets(int),
  strata.trim_streams(interval, bigint) from public;
grant execute on function strata.socket_connection(text), strata.overdue_sockets(int),
  strata.trim_streams(interval, bigint) to strata_app;

-- Down Migration
drop function strata.trim_streams(interval, bigint);
drop function strata.overdue_sockets(int);
drop function strata.socket_connection(text);
drop function strata.finish_event(text, text[], text[]);
drop function strata.append_event(text, text, timestamptz, jsonb);
drop function strata.subscribe_socket(text, jsonb, bigint, bigint[], int);
drop function strata.identify_socket(text, text, jsonb);
drop function strata.open_socket(text, text, text[], timestamptz, int);
drop function strata.hold_stream();
drop function strata.event_matches(jsonb, text, jsonb);
drop table strata.stream_events;
drop table strata.event_streams;
drop table strata.socket_connections;
