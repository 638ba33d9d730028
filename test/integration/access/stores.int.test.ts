import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startPostgres } from '../../../scripts/local/embedded/postgres.ts';
import { databaseRole } from '../../../scripts/local/environment.ts';
import { postgresApiKeyStore } from '../../../shared/adapters/postgres/api-key-store.ts';
import { type Database, database } from '../../../shared/adapters/postgres/database.ts';
import { migrate } from '../../../shared/adapters/postgres/migrate.ts';
import { endPools, poolFor, postgresConfig } from '../../../shared/adapters/postgres/pool.ts';
import { postgresPrincipalStore } from '../../../shared/adapters/postgres/principal-store.ts';
import type { ApiKeyRecord } from '../../../shared/contracts/identity/operations.ts';
import { describeApiKeys } from '../../conformance/api-keys.ts';
import { patientConnections } from '../../support/postgres.ts';

const indexer = 'arn:aws:iam::123456789012:role/indexer';
let directory: string;
let postgres: EmbeddedPostgres;
let db: Database;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-stores-'));
  postgres = await startPostgres({
    dataDirectory: join(directory, 'postgres'),
    role: databaseRole,
    async migrate(connectionString) {
      await migrate({ connectionString });
      const owner = new pg.Client({ connectionString });
      await owner.connect();
      await owner.query('insert into strata.principals values ($1, $2, $3)', [
        indexer,
        'acme',
        ['memory:read', 'scope:of-another-version'],
      ]);
      await owner.end();
    },
  });
  db = database(
    poolFor(postgresConfig.parse({ DATABASE_URL: postgres.connectionString, ...patientConnections })),
  );
});
afterAll(async () => {
  await endPools();
  await postgres.close();
  await rm(directory, { recursive: true });
});

describeApiKeys('Postgres', () => postgresApiKeyStore(db));

describe('api_keys in Postgres', () => {
  const key: ApiKeyRecord = {
    id: 'sk_of_acme',
    tenantId: 'acme',
    name: 'ci',
    scopes: ['*'],
    createdAt: '2026-03-01T10:00:00.000Z',
    createdBy: 'operator',
  };

  it('shows no row without a tenant, and refuses one of another tenant', async () => {
    await postgresApiKeyStore(db).insert(key, 'a'.repeat(64));
    expect(await db.unscoped('select id from strata.api_keys')).toEqual([]);
    expect(await db.query('other', 'select id from strata.api_keys')).toEqual([]);
    await expect(
      db.query('other', "update strata.api_keys set tenant_id = 'other' where id = $1 returning id", [
        key.id,
      ]),
    ).resolves.toEqual([]);
    await expect(
      db.query(
        'other',
        "insert into strata.api_keys (tenant_id, id, name, scopes, secret_hash, created_at, created_by) values ('acme', 'sk_x', 'x', '{*}', 'x', now(), 'x')",
      ),
    ).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('PrincipalStore: Postgres', () => {
  it('finds a principal by its ARN, with the scopes that this version knows', async () => {
    expect(await postgresPrincipalStore(db).find(indexer)).toEqual({
      tenantId: 'acme',
      scopes: ['memory:read'],
    });
    expect(await postgresPrincipalStore(db).find(`${indexer}2`)).toBeUndefined();
    expect(await postgresPrincipalStore(db).find('%')).toBeUndefined();
  });

  it('is no table for the service: neither read nor written by it', async () => {
    await expect(db.query('acme', 'select * from strata.principals')).rejects.toThrow();
    await expect(
      db.query('acme', "insert into strata.principals values ('arn', 'acme', '{*}')"),
    ).rejects.toThrow();
  });
});
