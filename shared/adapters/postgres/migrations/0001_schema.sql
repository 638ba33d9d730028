-- Up Migration
create extension if not exists vector;
create schema strata;

-- The service runs as strata_app: it owns nothing, and row-level security confines it to one tenant at a time.
-- strata_worker owns the few functions that must look across tenants; nobody logs in as it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'strata_app') then create role strata_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'strata_worker') then create role strata_worker nologin; end if;
  execute format('grant strata_app, strata_worker to %I', current_user);
end
$$;
grant usage on schema strata to strata_app, strata_worker;
-- needed while a function is handed to the role, revoked again by the migration that does so
grant create on schema strata to strata_worker;

-- The tenant of the running transaction. Once a transaction-local setting has ended its value is '', not null:
-- both mean no tenant, and no tenant means no rows.
create function strata.current_tenant() returns text
language sql stable
as $$ select nullif(current_setting('app.tenant', true), '') $$;

create table strata.memories (
  tenant_id       text not null,
  id              uuid not null,
  version         bigint not null,
  external_id     text,
  type            text not null check (type in ('working', 'episodic', 'semantic', 'procedural', 'business')),
  tier            text not null default 'warm' check (tier in ('warm', 'cold')),
  agent_id        text,
  service_id      text,
  user_id         text,
  conversation_id text,
  session_id      text,
  role            text,
  author          text,
  -- a column, because row-level security lets no index serve lower(author): lower() is not leakproof
  author_key      text generated always as (lower(author collate pg_c_utf8)) stored,
  domain          text,
  content         jsonb not null,
  summary         text,
  tags            text[] not null default '{}',
  importance      real not null check (importance between 0 and 1),
  metadata        jsonb not null default '{}',
  entities        jsonb not null default '[]',
  occurred_at     timestamptz not null,
  valid_from      timestamptz,
  valid_to        timestamptz,
  expires_at      timestamptz,
  deleted_at      timestamptz,
  -- to the millisecond, which is what callers are told and filter by
  created_at      timestamptz not null default date_trunc('milliseconds', now()),
  updated_at      timestamptz not null default date_trunc('milliseconds', now()),
  -- for recall: what full-text search sees, its length in lexemes, and the words of the bare text
  lexemes         tsvector not null,
  lexeme_count    int not null,
  words           int not null,
  -- the turn before it in its episode, and the episode itself; kept by strata.link_turns
  previous_id     uuid,
  episode         text,
  primary key (tenant_id, id)
);
create unique index memories_external_id on strata.memories (tenant_id, external_id) where external_id is not null;
create index memories_created on strata.memories (tenant_id, created_at desc, id desc);
create index memories_turns on strata.memories (tenant_id, conversation_id, occurred_at, id)
  where conversation_id is not null;
create index memories_author on strata.memories (tenant_id, author_key);
create index memories_previous on strata.memories (tenant_id, previous_id) where previous_id is not null;
create index memories_episode on strata.memories (tenant_id, episode) where episode is not null;
-- the tenant as an array, so that core's operators index it: a look-up reads no other tenant's rows
create index memories_lexemes on strata.memories using gin ((array[tenant_id]), lexemes);

create table strata.memory_versions (
  tenant_id  text not null,
  memory_id  uuid not null,
  version    bigint not null,
  operation  text not null check (operation in ('created', 'updated', 'related', 'deleted')),
  changed_at timestamptz not null default date_trunc('milliseconds', now()),
  changed_by text not null,
  reason     text,
  state      jsonb not null,
  primary key (tenant_id, memory_id, version)
);

-- The ledger of the dual write: which version the graph has. A deleted memory's row stays as its tombstone.
create table strata.memory_sync (
  tenant_id     text not null,
  memory_id     uuid not null,
  version       bigint not null,
  graph_version bigint not null default 0,
  -- the first eight bytes of the state's SHA-256 as two unsigned integers, so that sums cannot overflow
  digest_high   bigint not null,
  digest_low    bigint not null,
  deleted       boolean not null default false,
  changed_at    timestamptz not null default now(),
  primary key (tenant_id, memory_id)
);
create index memory_sync_behind on strata.memory_sync (changed_at) where graph_version < version;

create table strata.memory_relationships (
  tenant_id text not null,
  source_id uuid not null,
  -- what the caller named, and the memory that it turned out to be
  target    text not null,
  target_id uuid,
  type      text not null,
  weight    real not null check (weight between 0 and 1),
  primary key (tenant_id, source_id, type, target)
);
create index memory_relationships_target on strata.memory_relationships (tenant_id, target_id);
create index memory_relationships_unresolved on strata.memory_relationships (tenant_id, target)
  where target_id is null;

create table strata.embedding_spaces (
  tenant_id  text not null,
  name       text not null,
  dimension  int not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, name)
);

create table strata.memory_embeddings (
  tenant_id text not null,
  memory_id uuid not null,
  space     text not null,
  -- the bare text's vector, and the one that recall compares: own + 0.4 · previous turn's own, unit length
  own       halfvec,
  embedding halfvec,
  -- the provider was away when the memory was written: the vector is still to come
  pending   boolean not null default false,
  primary key (tenant_id, memory_id, space)
);
create index memory_embeddings_pending on strata.memory_embeddings (tenant_id, memory_id) where pending;
-- vectors over 2 KB would be moved out of the row, and every comparison would fetch them from there
alter table strata.memory_embeddings alter column own set storage plain;
alter table strata.memory_embeddings alter column embedding set storage plain;

-- Reads move these counters without touching the memory's row or version.
create table strata.memory_access (
  tenant_id        text not null,
  memory_id        uuid not null,
  access_count     bigint not null,
  last_accessed_at timestamptz not null,
  primary key (tenant_id, memory_id)
) with (fillfactor = 70);

create table strata.outbox (
  tenant_id  text not null,
  id         uuid not null default gen_random_uuid(),
  type       text not null,
  data       jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index outbox_created on strata.outbox (created_at);

create table strata.idempotency_keys (
  tenant_id    text not null,
  key          text not null,
  request_hash text not null,
  -- what the write did, stored with it; the answer follows when it has been given
  outcomes     jsonb,
  answer       jsonb,
  -- a memory of the outcomes was erased since: no answer is kept, because it would hold what must be gone
  purged       boolean not null default false,
  created_at   timestamptz not null default now(),
  primary key (tenant_id, key)
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'memories', 'memory_versions', 'memory_sync', 'memory_relationships', 'embedding_spaces',
    'memory_embeddings', 'memory_access', 'outbox', 'idempotency_keys'
  ] loop
    execute format('alter table strata.%I enable row level security', tenant_table);
    execute format('alter table strata.%I force row level security', tenant_table);
    execute format(
      'create policy tenant on strata.%I using (tenant_id = strata.current_tenant())
         with check (tenant_id = strata.current_tenant())', tenant_table);
    execute format('grant select, insert, update, delete on strata.%I to strata_app', tenant_table);
  end loop;
end
$$;

-- Down Migration
drop schema strata cascade;
