import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Http } from '../../support/http.ts';
import { callerOfAnyTenant, hasAnyTenant } from './any-tenant.ts';
import { deployed } from './deployed.ts';
import { isRemote, type Target, unique } from './target.ts';

const command = fileURLToPath(new URL('../../../scripts/limits.ts', import.meta.url));

/** Limits are chosen by the owner of the database alone. */
export const mayMakeTenants = hasAnyTenant && (!isRemote || deployed !== undefined);

const databaseOf = (target: Target) =>
  isRemote ? (deployed?.databaseUrl ?? '') : (target.service.environment.DATABASE_URL ?? '');

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
  return { tenant: name, api: await callerOfAnyTenant(target, name, scopes) };
}
interface NewTenant {
  name?: string;
  /** Options of the operator's command. */
  limits?: string[];
  scopes?: string[];
}
