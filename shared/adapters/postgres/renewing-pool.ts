import type pg from 'pg';
import { loadOnce } from '../../kernel/load-once.ts';
import type { StoredSecret } from '../secrets/stored-secret.ts';

/** What a database needs of a pool. */
export interface Connections {
  connect(): Promise<pg.PoolClient>;
  end(): Promise<void>;
}

/** SQLSTATE class 28: a wrong password, or a login that is no longer there. */
const refused = (error: unknown) => /^28/.test(String((error as { code?: unknown } | null)?.code));

/**
 * A pool whose credentials are in a secret. A rotation changes them at any time: a login that is refused fetches
 * the secret again and tries once more. Connections that are open stay good, so the old pool ends in its own time.
 */
export function renewingPool(secret: StoredSecret, open: (secretText: string) => Connections): Connections {
  const openOnce = () => loadOnce(async () => open(await secret.current()));
  let pool = openOnce();
  return {
    async connect() {
      const tried = pool;
      try {
        return await (await tried()).connect();
      } catch (error) {
        if (!refused(error)) throw error;
        // of several that are refused at once, the first renews and the others use its pool
        if (pool === tried) {
          secret.forget();
          pool = openOnce();
          tried().then(
            (old) => old.end(),
            () => undefined,
          );
        }
        return (await pool()).connect();
      }
    },
    end: async () => (await pool()).end(),
  };
}
