import { parseArgs } from 'node:util';
import { type Grant, isGrant } from '../shared/access/grants.ts';
import { mintToken } from '../shared/access/mint-token.ts';
import { tokenSignerProvider } from '../shared/adapters/identity/provider.ts';
import { name } from '../shared/contracts/fields.ts';
import { roles, scopes } from '../shared/contracts/scopes.ts';
import { systemClock } from '../shared/kernel/clock.ts';
import { silentLogger } from '../shared/kernel/logger.ts';
import { identityEnvironmentOfHost } from './local/identity-environment.ts';

const usage =
  'usage: npm run -s token -- --tenant NAME (--scopes "SCOPE …" | --role ROLE) [--subject NAME] [--ttl 12h]';
const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const longestSeconds = 30 * secondsOf.d;

class UsageError extends Error {}

function lifetimeSeconds(text: string): number {
  const [, amount, unit] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * secondsOf[(unit ?? 's') as keyof typeof secondsOf];
  if (!(seconds >= 1 && seconds <= longestSeconds)) {
    throw new UsageError('--ttl is a number with s, m, h or d, at most 30d');
  }
  return seconds;
}

function grantsFrom(list: string | undefined, role: string | undefined): readonly Grant[] {
  if ((list === undefined) === (role === undefined)) throw new UsageError('give either --scopes or --role');
  if (role !== undefined) {
    const found = Object.entries(roles).find(([known]) => known === role);
    if (found === undefined) throw new UsageError(`--role is one of ${Object.keys(roles).join(', ')}`);
    return found[1];
  }
  const asked = (list ?? '').split(/[\s,]+/).filter(Boolean);
  const grants = asked.filter(isGrant);
  if (asked.length === 0 || grants.length !== asked.length) {
    throw new UsageError(`--scopes are * or some of ${scopes.join(' ')}`);
  }
  return grants;
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const options = { tenant: text, scopes: text, role: text, subject: text, ttl: text };
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    values = parseArgs({ args, options }).values;
  } catch {
    throw new UsageError(usage);
  }
  const tenant = name.safeParse(values.tenant);
  if (!tenant.success) throw new UsageError(usage);
  const subject = name.safeParse(values.subject ?? 'operator');
  if (!subject.success) throw new UsageError('--subject is a name of up to 256 printable characters');
  return {
    tenantId: tenant.data,
    subject: subject.data,
    grants: grantsFrom(values.scopes, values.role),
    lifetimeSeconds: lifetimeSeconds(values.ttl ?? '12h'),
  };
}

/** Prints a token that the service on this machine accepts, whether or not it runs: they share key and issuer. */
async function main(): Promise<void> {
  const request = parse(process.argv.slice(2));
  const config = tokenSignerProvider.config.parse(await identityEnvironmentOfHost(process.env));
  const ambient = { clock: systemClock, logger: silentLogger };
  const tokenSigner = tokenSignerProvider.build(config, ambient);
  const { issuer } = tokenSigner;
  if (issuer === undefined) throw new Error('No issuer is configured.');
  process.stdout.write(`${await mintToken({ ...request, issuer }, { tokenSigner, clock: systemClock })}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
