import { describe, expect, it } from 'vitest';
import { renewingPool } from '../../../shared/adapters/postgres/renewing-pool.ts';
import { storedSecret } from '../../../shared/adapters/secrets/stored-secret.ts';

/** A server with one password, and the secret that somebody else keeps. */
function rotating(kept: string) {
  const state = { kept, password: kept, fetched: 0, ended: [] as string[], down: false };
  const secret = storedSecret('arn', async () => {
    state.fetched += 1;
    return state.kept;
  });
  const pool = renewingPool(secret, (text) => ({
    async connect() {
      if (state.down) throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
      if (text !== state.password) throw Object.assign(new Error('no'), { code: '28P01' });
      return { password: text } as never;
    },
    end: async () => void state.ended.push(text),
  }));
  return { state, pool };
}

describe('a pool whose credentials are in a secret', () => {
  it('fetches nothing before the first connection, and then once', async () => {
    const { state, pool } = rotating('a');
    expect(state.fetched).toBe(0);
    await Promise.all([pool.connect(), pool.connect()]);
    await pool.connect();
    expect(state.fetched).toBe(1);
  });

  it('follows a rotation: refused callers fetch the secret once together', async () => {
    const { state, pool } = rotating('a');
    await pool.connect();
    Object.assign(state, { kept: 'b', password: 'b' });
    const connected = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    expect(connected).toEqual([{ password: 'b' }, { password: 'b' }, { password: 'b' }]);
    expect(state).toMatchObject({ fetched: 2, ended: ['a'] });
  });

  it('does not try for ever when the new secret is refused too', async () => {
    const { state, pool } = rotating('a');
    state.password = 'somebody else changed it';
    await expect(pool.connect()).rejects.toMatchObject({ code: '28P01' });
    expect(state.fetched).toBe(2);
  });

  it('keeps the secret when the server is merely away', async () => {
    const { state, pool } = rotating('a');
    state.down = true;
    await expect(pool.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    state.down = false;
    expect(await pool.connect()).toEqual({ password: 'a' });
    expect(state.fetched).toBe(1);
  });

  it('asks again after a fetch that failed', async () => {
    let attempts = 0;
    const secret = storedSecret('arn', async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('throttled');
      return 'text';
    });
    await expect(secret.current()).rejects.toThrow('throttled');
    expect(await secret.current()).toBe('text');
  });
});
