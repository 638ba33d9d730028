-- Up Migration
create table strata.api_keys (
  tenant_id   text not null,
  id          text not null unique,
  name        text not null,
  scopes      text[] not null,
  secret_hash text not null,
  created_at  timestamptz not null,
  created_by  text not null,
  expires_at  timestamptz,
  revoked_at  timestamptz,
  primary key (tenant_id, id)
);
alter table strata.api_keys enable row level security;
alter table strata.api_keys force row level security;
create policy tenant on strata.api_keys using (tenant_id = strata.current_tenant())
  with check (tenant_id = strata.current_tenant());
create policy worker on strata.api_keys to strata_worker using (true);
grant select, insert, update on strata.api_keys to strata_app;
grant select on strata.api_keys to strata_worker;

-- Who may call over IAM: written by operators alone, read through principal_for alone.
create table strata.principals (
  principal_arn text primary key,
  tenant_id     text not null,
  scopes        text[] not null
);
alter table strata.principals enable row level security;
alter table strata.principals force row level security;
create policy worker on strata.principals to strata_worker using (true);
grant select on strata.principals to strata_worker;

-- At login the tenant is not known yet: one key by its id.
create function strata.api_key_for_login(p_id text) returns setof strata.api_keys
language sql stable security definer set search_path = strata, pg_temp
as $$ select * from strata.api_keys where id = p_id $$;

create function strata.principal_for(p_arn text) returns table (tenant_id text, scopes text[])
language sql stable security definer set search_path = strata, pg_temp
as $$ select p.tenant_id, p.scopes from strata.principals p where p.principal_arn = p_arn $$;

alter function strata.api_key_for_login(text) owner to strata_worker;
alter function strata.principal_for(text) owner to strata_worker;
revoke execute on function strata.api_key_for_login(text), strata.principal_for(text) from public;
grant execute on function strata.api_key_for_login(text), strata.principal_for(text) to strata_app;

-- Down Migration
drop function strata.principal_for(text);
drop function strata.api_key_for_login(text);
drop table strata.principals;
drop table strata.api_keys;
