import pg from 'pg';
import * as z from 'zod';

/** Where Postgres is and how many connections one process may hold. */
export const postgresConfig = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//),
  /** The role that statements run as, where the login may do more; row-level security binds it. */
  DATABASE_ROLE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/)
    .optional(),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(100).default(10),
  DATABASE_STATEMENT_TIMEOUT_MS: z.coerce.number().int().min(100).default(15_000),
});
export type PostgresConfig = z.output<typeof postgresConfig>;

const pools = new Map<string, pg.Pool>();

/** One pool per process and address, whatever number of ports share it. Nothing connects before the first query. */
export function poolFor(config: PostgresConfig): pg.Pool {
  const key = JSON.stringify(config);
  const existing = pools.get(key);
  if (existing) return existing;
  const pool = new pg.Pool({
    connectionString: config.DATABASE_URL,
    max: config.DATABASE_POOL_MAX,
    // a caller waits this long for a connection and no longer: better a quick 503 than a queue
    connectionTimeoutMillis: 1_000,
    idleTimeoutMillis: 30_000,
    query_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS + 1_000,
    statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
    pipeline: true,
    ...(config.DATABASE_ROLE && { options: `-c role=${config.DATABASE_ROLE}` }),
  } as pg.PoolConfig);
  // an idle connection that breaks is replaced at the next query; without a listener it would end the process
  pool.on('error', () => undefined);
  pools.set(key, pool);
  return pool;
}

/** Ends every pool of this process: for hosts and tests that stop in an orderly way. */
export async function endPools(): Promise<void> {
  const all = [...pools.values()];
  pools.clear();
  await Promise.all(all.map((pool) => pool.end()));
}
