import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresApiKeyStore } from '../../shared/adapters/postgres/api-key-store.ts';
import { postgresPrincipalStore } from '../../shared/adapters/postgres/principal-store.ts';
import { describeApiKeys } from '../conformance/api-keys.ts';
import { type ServiceDatabase, serviceDatabase } from './support/service-database.ts';

const indexer = 'arn:aws:iam::123456789012:role/indexer';
let base: ServiceDatabase;
beforeAll(async () => {
  base = await serviceDatabase();
  await base.owner('insert into strata.principals values ($1, $2, $3)', [
    indexer,
    'acme',
    ['memory:read', 'scope:of-another-version'],
  ]);
});
afterAll(() => base.remove());

describeApiKeys('PostgreSQL 18, as the login of the service', () => postgresApiKeyStore(base.connect()));

describe('principals, as the login of the service', () => {
  it('are found by their ARN alone, with the scopes that this version knows', async () => {
    const principals = postgresPrincipalStore(base.connect());
    expect(await principals.find(indexer)).toEqual({ tenantId: 'acme', scopes: ['memory:read'] });
    expect(await principals.find('%')).toBeUndefined();
  });

  it('are no table that it reads or writes', async () => {
    const db = base.connect();
    for (const sql of ['select * from strata.principals', `delete from strata.principals`]) {
      await expect(db.query('acme', sql), sql).rejects.toMatchObject({ code: 'internal' });
    }
  });
});
