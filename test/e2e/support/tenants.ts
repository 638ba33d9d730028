import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { hashApiKey, newApiKey } from '../../../shared/access/api-key-secret.ts';
import { bearer, type Http } from '../../support/http.ts';
import { isRemote, type Target, unique } from './target.ts';

const command = fileURLToPath(new URL('../../../scripts/limits.ts', import.meta.url));
const remoteDatabase = process.env.STRATA_DATABASE_URL;

/** A service elsewhere gives more tenants to those alone who are the owner of its database. */
export const mayMakeTenants = !isRemote || remoteDatabase !== undefined;

const databaseOf = (target: Target) =>
  isRemote ? (remoteDatabase ?? '') : (target.service.environment.DATABASE_URL ?? '');

/** The operator's command; answers what it printed. */
export async function chooseLimits(target: Target, tenant: string, ...options: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: databaseOf(target) };
  const args = [command, '--tenant', tenant, ...options];
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}

/** A tenant of its own, which has made no request yet, so that nobody remembers limits of it. */
export async function newTenant(
  target: Target,
  { name = unique('tenant'), limits = [], scopes = ['*'] }: NewTenant = {},
): Promise<{ tenant: string; api: Http }> {
  if (limits.length > 0) await chooseLimits(target, name, ...limits);
  const token = isRemote ? await remoteToken(target, name, scopes) : await target.service.token(name, scopes);
  return { tenant: name, api: bearer(target.url, token) };
}
interface NewTenant {
  name?: string;
  /** Options of the operator's command. */
  limits?: string[];
  scopes?: string[];
}

async function remoteToken(target: Target, tenant: string, scopes: string[]): Promise<string> {
  const { id, secret } = newApiKey();
  const client = new pg.Client({ connectionString: remoteDatabase });
  await client.connect();
  try {
    await client.query(
      `insert into strata.api_keys (tenant_id, id, name, scopes, secret_hash, created_at, created_by)
       values ($1, $2, 'end-to-end suite', $3, $4, now(), 'end-to-end suite')`,
      [tenant, id, scopes, hashApiKey(secret)],
    );
  } finally {
    await client.end();
  }
  const answer = await target.anonymous.send('POST', '/v1/token', { headers: { 'x-api-key': secret } });
  return answer.body.access_token;
}
