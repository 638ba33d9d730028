import type pg from 'pg';
import { AppError } from '../../kernel/app-error.ts';
import { translateError } from './errors.ts';
import type { Connections } from './renewing-pool.ts';

/** Access to Postgres as one tenant at a time. @throws AppError, see `translateError`. */
export interface Database {
  /**
   * Runs one statement as a tenant, in a transaction of its own. BEGIN, the tenant, the statement and COMMIT
   * leave in one pipelined round trip; row-level security then confines the statement to the tenant's rows.
   */
  query<R>(tenantId: string, sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Runs one statement outside any tenant: only for functions of the schema that confine themselves. */
  unscoped<R>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Several statements in one transaction outside any tenant; rolled back when `work` throws. */
  transaction<T>(
    work: (run: <R>(sql: string, params?: readonly unknown[]) => Promise<R[]>) => Promise<T>,
  ): Promise<T>;
}

/** `true` makes the setting end with the transaction: one connection serves many tenants in turn. */
const setTenant = "select set_config('app.tenant', $1, true)";
const attempts = 3;

export function database(pool: Pick<Connections, 'connect'>): Database {
  const withClient = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (cause) {
      throw translateError(cause);
    }
    let broken: unknown;
    try {
      return await work(client);
    } catch (cause) {
      const error = translateError(cause);
      // a connection in an unknown state must not serve the next caller
      if (error.code === 'store_unavailable') broken = cause;
      throw error;
    } finally {
      client.release(broken !== undefined);
    }
  };

  /** Deadlocks and serialization failures are rolled back by Postgres, so the same statement may run again. */
  const retried = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        const rolledBack = error instanceof AppError && error.details.rolledBack === true;
        if (!rolledBack || attempt === attempts) throw error;
      }
    }
  };

  /**
   * A transaction whose statements all leave at once; answers the rows of the last one before COMMIT. Never a bare
   * statement: embedded Postgres ties a connection to its one session only while a transaction is open, and between
   * the messages of two bare statements it could take one for the other.
   */
  const pipelined = <R>(statements: readonly [sql: string, params: readonly unknown[]][]): Promise<R[]> =>
    retried(() =>
      withClient(async (client) => {
        const results = await Promise.allSettled([
          client.query('begin'),
          ...statements.map(([sql, params]) => client.query(sql, [...params])),
          client.query('commit'),
        ]);
        const failed = results.find((result) => result.status === 'rejected');
        if (failed) throw failed.reason;
        const last = results.at(-2);
        return last?.status === 'fulfilled' ? last.value.rows : [];
      }),
    );

  return {
    query: (tenantId, sql, params = []) =>
      pipelined([
        [setTenant, [tenantId]],
        [sql, params],
      ]),

    unscoped: (sql, params = []) => pipelined([[sql, params]]),

    transaction: (work) =>
      withClient(async (client) => {
        await client.query('begin');
        try {
          const result = await work(async (sql, params = []) => (await client.query(sql, [...params])).rows);
          await client.query('commit');
          return result;
        } catch (error) {
          await client.query('rollback').catch(() => undefined);
          throw error;
        }
      }),
  };
}
