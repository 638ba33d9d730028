import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectionsFor, endPools, postgresConfig } from '../../../shared/adapters/postgres/pool.ts';

afterEach(endPools);

/** The parameters that a server gets at the start of a connection; it then turns the client away. */
async function startUpOf(settings: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const greeting = once(server, 'connection').then(async ([socket]) => {
    const [message] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    // its length and the version of the protocol come first, an empty name ends it
    const words = message.subarray(8).toString().split('\0');
    const names = words.filter((word, index) => index % 2 === 0 && word !== '');
    return Object.fromEntries(names.map((name, index) => [name, words[2 * index + 1] ?? '']));
  });
  const config = postgresConfig.parse({
    DATABASE_URL: `postgres://who:pw@127.0.0.1:${port}/of`,
    ...settings,
  });
  await expect(connectionsFor(config).connect()).rejects.toThrow();
  server.close();
  return greeting;
}

describe('the start of a connection', () => {
  it('tells the server the role and the limits', async () => {
    const told = await startUpOf({ DATABASE_ROLE: 'strata_app', DATABASE_STATEMENT_TIMEOUT_MS: '2000' });
    expect(told).toMatchObject({
      user: 'who',
      database: 'of',
      options: '-c role=strata_app',
      statement_timeout: '2000',
      idle_in_transaction_session_timeout: '2000',
    });
  });

  it('tells a pooler nothing that it would refuse', async () => {
    const told = await startUpOf({ DATABASE_ROLE: 'strata_app', DATABASE_ACCESS: 'pooled' });
    expect(Object.keys(told).sort()).toEqual(['client_encoding', 'database', 'user']);
  });
});
