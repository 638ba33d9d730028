import pg from 'pg';
import * as z from 'zod';
import { storedSecret } from '../secrets/stored-secret.ts';
import { type Connection, connectionFrom } from './connection-secret.ts';
import { type Connections, renewingPool } from './renewing-pool.ts';

const settings = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  /** ARN or name of a secret with the URL or the credentials; wins over `DATABASE_URL`. */
  DATABASE_SECRET_ARN: z.string().min(1).optional(),
  /** Instead of the host that the secret names: a proxy in front of it. */
  DATABASE_HOST: z.string().min(1).optional(),
  /** The role that statements run as, where the login may do more; row-level security binds it. */
  DATABASE_ROLE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/)
    .optional(),
  /**
   * `pooled`: through a pooler (RDS Proxy, PgBouncer), whose connections are shared and which refuses whoever sets
   * something at the start of one. The role and the limits are then its own affair, or the login's.
   */
  DATABASE_ACCESS: z.enum(['direct', 'pooled']).default('direct'),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(100).default(10),
  /** A caller waits this long for a connection and no longer: better a quick 503 than a queue. */
  DATABASE_CONNECT_TIMEOUT_MS: z.coerce.number().int().min(100).default(1_000),
  DATABASE_STATEMENT_TIMEOUT_MS: z.coerce.number().int().min(100).default(15_000),
});

/** Where Postgres is and how many connections one process may hold. */
export const postgresConfig = settings.superRefine((config, context) => {
  if (config.DATABASE_URL === undefined && config.DATABASE_SECRET_ARN === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['DATABASE_URL'],
      message: 'or DATABASE_SECRET_ARN must be set',
    });
  }
});
export type PostgresConfig = z.output<typeof postgresConfig>;

const pools = new Map<string, Connections>();

/**
 * The process's connections to one address, whatever number of ports share them. Nothing connects, and no secret
 * is fetched, before the first query.
 */
export function connectionsFor(config: PostgresConfig): Connections {
  const { DATABASE_SECRET_ARN: secretArn, DATABASE_HOST: host } = config;
  if (secretArn === undefined) return poolFor(config);
  return shared(config, () =>
    renewingPool(storedSecret(secretArn), (text) => openPool(config, connectionFrom(text, host))),
  );
}

/** The process's one pool for the address of `DATABASE_URL`. */
export const poolFor = (config: PostgresConfig): pg.Pool =>
  shared(config, () => openPool(config, { connectionString: config.DATABASE_URL }));

function shared<T extends Connections>(config: PostgresConfig, open: () => T): T {
  const key = JSON.stringify(config);
  const pool = (pools.get(key) as T | undefined) ?? open();
  pools.set(key, pool);
  return pool;
}

function openPool(config: PostgresConfig, connection: Connection): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: config.DATABASE_POOL_MAX,
    connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    query_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS + 1_000,
    pipeline: true,
    ...(config.DATABASE_ACCESS === 'direct' && startUpParameters(config)),
  } as pg.PoolConfig);
  // a connection that breaks fails the statements on it and is replaced at the next one; without a listener, on the
  // pool for an idle one and on the connection for one in use, it would end the process
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** What the server is told of a connection while it is made. */
const startUpParameters = ({
  DATABASE_ROLE: role,
  DATABASE_STATEMENT_TIMEOUT_MS: limit,
}: PostgresConfig) => ({
  statement_timeout: limit,
  // a function that is frozen in the middle of a transaction must not keep its locks until it wakes
  idle_in_transaction_session_timeout: limit,
  ...(role && { options: `-c role=${role}` }),
});

/** Ends every pool of this process: for hosts and tests that stop in an orderly way. */
export async function endPools(): Promise<void> {
  const all = [...pools.values()];
  pools.clear();
  await Promise.all(all.map((pool) => pool.end()));
}
