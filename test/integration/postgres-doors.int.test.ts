import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillEveryTable } from '../support/every-table.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { testSpace } from '../support/store-writes.ts';

const canary = 'canary-7f3a';
const theirs = 'tenant-b';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
  await fillEveryTable(postgres, theirs, canary);
});
afterAll(() => postgres.stop());

describe('doors through row-level security', () => {
  /** Each of them on purpose: what runs as another role than its caller, and what it answers. */
  const doors: Record<string, string> = {
    api_key_for_login: 'SETOF strata.api_keys',
    archive_overview: 'TABLE(memories bigint, cold bigint, packs bigint, damaged bigint)',
    claim_outbox:
      'TABLE(tenant_id text, id uuid, type text, data jsonb, created_at timestamp with time zone)',
    delete_published: 'void',
    expire_idempotency_keys: 'bigint',
    expire_operations: 'bigint',
    memories_behind: 'TABLE(tenant_id text, memory_id uuid, version bigint)',
    memories_unembedded: 'TABLE(tenant_id text, memory_id uuid)',
    memories_with_any: 'SETOF uuid',
    overdue_sockets: 'TABLE(tenant_id text, connection_id text, reason text)',
    operations_running: 'TABLE(tenant_id text, operation_id uuid)',
    packs_to_compact: 'TABLE(tenant_id text, pack_ids uuid[])',
    packs_unused: 'TABLE(tenant_id text, pack_id uuid)',
    principal_for: 'TABLE(tenant_id text, scopes text[])',
    socket_connection:
      'TABLE(tenant_id text, subject text, scopes text[], service_id text, expires_at timestamp with time zone)',
    sync_overview: 'TABLE(memories bigint, behind bigint, lag_seconds double precision)',
    tenants_to_archive: 'SETOF text',
    tenants_to_count: 'SETOF text',
    trim_streams: 'bigint',
  };

  it('are these and no others, each with a search path of its own and closed to the public', async () => {
    const found = await postgres.asOwner((db) =>
      db.unscoped<{
        name: string;
        result: string;
        owner: string;
        config: string[] | null;
        open: boolean;
      }>(
        `select p.proname as name, pg_get_function_result(p.oid) as result, p.proowner::regrole::text as owner,
         p.proconfig as config, exists (select from aclexplode(p.proacl) g where g.grantee = 0) or p.proacl is null as open
       from pg_proc p
       where p.pronamespace = 'strata'::regnamespace and (p.prosecdef or p.proowner = 'strata_worker'::regrole)`,
      ),
    );
    expect(Object.fromEntries(found.map(({ name, result }) => [name, result]))).toEqual(doors);
    for (const door of found) {
      expect(door).toMatchObject({
        owner: 'strata_worker',
        config: ['search_path=strata, pg_temp'],
        open: false,
      });
    }
  });

  it('hand out no content', async () => {
    const calls: Record<string, string> = {
      api_key_for_login: `select id, tenant_id from strata.api_key_for_login('sk_${theirs}')`,
      archive_overview: 'select * from strata.archive_overview()',
      claim_outbox: 'select * from strata.claim_outbox(1000)',
      expire_operations: "select strata.expire_operations('1 year')",
      memories_behind: "select * from strata.memories_behind('-1 hour', 1000)",
      memories_unembedded: `select * from strata.memories_unembedded('${testSpace}', 1000)`,
      memories_with_any: "select * from strata.memories_with_any(array['canary-7f3a', 'canari'], 1000)",
      overdue_sockets: 'select * from strata.overdue_sockets(1000)',
      operations_running: 'select * from strata.operations_running(1000)',
      packs_to_compact: "select * from strata.packs_to_compact(1, 1, 1000000, '{[0,1000)}', 1000)",
      packs_unused: 'select * from strata.packs_unused(1000)',
      principal_for: `select * from strata.principal_for('arn:${theirs}')`,
      socket_connection: `select * from strata.socket_connection('connection of ${theirs}')`,
      sync_overview: 'select * from strata.sync_overview()',
      tenants_to_archive: "select strata.tenants_to_archive('-1 hour', 1, 1, '0')",
      tenants_to_count: 'select * from strata.tenants_to_count(0, 1000)',
    };
    for (const [door, sql] of Object.entries(calls)) {
      const answered = JSON.stringify(await postgres.db.unscoped(sql));
      expect([door, answered.includes(canary)]).toEqual([door, false]);
    }
    expect(await postgres.db.unscoped(calls.claim_outbox!)).not.toEqual([]);
  });

  it('find by terms in the tenant of the transaction alone', async () => {
    const found = (tenant: string) =>
      postgres.db.query(
        tenant,
        "select * from strata.memories_with_any(array['canary-7f3a', 'canari'], 1000)",
      );
    expect(await found('nobody')).toEqual([]);
    expect(
      await postgres.db.unscoped("select * from strata.memories_with_any(array['canari'], 1000)"),
    ).toEqual([]);
  });
});
