/** Shows and chooses the limits of a tenant, as the owner of the database: `npm run limits -- --tenant NAME …`. */
import { parseArgs } from 'node:util';
import pg from 'pg';
import * as z from 'zod';
import { name } from '../shared/contracts/fields.ts';
import { tenantLimits } from '../shared/contracts/tenant-limits.ts';

const usage = `usage: DATABASE_URL=postgres://owner… npm run -s limits -- --tenant NAME [what to change]
  --requests-per-second N   --burst N          the rate requests
  --writes-per-second N     --writes-burst N   the rate memories-written
  --memories N                                 the quota memories-kept
A limit that is "default" is the stage's again. Without anything to change, what there is is shown.`;

class UsageError extends Error {}

const { requests, 'memories-written': written, 'memories-kept': kept } = tenantLimits.shape;
/** Columns by the option that chooses them, with what they may hold. */
const options = {
  'requests-per-second': { column: 'requests_per_second', schema: requests.shape.perSecond },
  burst: { column: 'requests_burst', schema: requests.shape.burst },
  'writes-per-second': { column: 'memories_written_per_second', schema: written.shape.perSecond },
  'writes-burst': { column: 'memories_written_burst', schema: written.shape.burst },
  memories: { column: 'memories_kept', schema: kept },
} as const;
type Option = keyof typeof options;

type Change = readonly [column: (typeof options)[Option]['column'], value: number | null];

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const known = { tenant: text, ...Object.fromEntries(Object.keys(options).map((option) => [option, text])) };
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    values = parseArgs({ args, options: known }).values;
  } catch {
    throw new UsageError(usage);
  }
  const tenant = name.safeParse(values.tenant);
  if (!tenant.success) throw new UsageError(usage);
  const changes = (Object.keys(options) as Option[]).flatMap((option): Change[] => {
    const given = values[option];
    if (given === undefined) return [];
    if (given === 'default') return [[options[option].column, null]];
    const value = z.coerce.number().pipe(options[option].schema).safeParse(given);
    if (!value.success) {
      throw new UsageError(`--${option}: ${value.error.issues[0]?.message ?? 'not valid'}, or "default"`);
    }
    return [[options[option].column, value.data]];
  });
  return { tenant: tenant.data, changes };
}

/** Columns come from the list above alone. */
async function change(client: pg.Client, tenant: string, changes: readonly Change[]) {
  if (changes.length === 0) return;
  const columns = changes.map(([column]) => column);
  await client.query(
    `insert into strata.tenant_limits (tenant_id, ${columns.join(', ')})
     values ($1, ${columns.map((_, index) => `$${index + 2}`).join(', ')})
     on conflict (tenant_id) do update set changed_at = now(),
       ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    [tenant, ...changes.map(([, value]) => value)],
  );
}

async function show(client: pg.Client, tenant: string): Promise<void> {
  const { rows } = await client.query(
    `select l.*, (select coalesce(sum(memories_kept), 0) from strata.tenant_usage where tenant_id = $1) as used
     from (select $1::text as tenant) t left join strata.tenant_limits l on l.tenant_id = t.tenant`,
    [tenant],
  );
  const [row] = rows;
  const or = (value: unknown) => value ?? 'default';
  console.log(`tenant            ${tenant}
requests          ${or(row.requests_per_second)} a second, ${or(row.requests_burst)} at once
memories-written  ${or(row.memories_written_per_second)} a second, ${or(row.memories_written_burst)} at once
memories-kept     ${or(row.memories_kept)}, of which ${row.used} are used`);
}

async function main(): Promise<void> {
  const { tenant, changes } = parse(process.argv.slice(2));
  const { DATABASE_URL: connectionString } = process.env;
  if (!connectionString) throw new UsageError(`DATABASE_URL is not set.\n${usage}`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('begin');
    // embedded Postgres has one session for all, which is the service's; elsewhere this changes nothing
    await client.query('set local role none');
    // row-level security is forced, so an owner that is no superuser acts as the tenant
    await client.query("select set_config('app.tenant', $1, true)", [tenant]);
    await change(client, tenant, changes);
    await show(client, tenant);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
