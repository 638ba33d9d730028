import { describe, expect, it } from 'vitest';
import { connectionFrom, loginOf } from '../../../shared/adapters/postgres/connection-secret.ts';
import { postgresConfig } from '../../../shared/adapters/postgres/pool.ts';

const rds = { engine: 'postgres', username: 'u', password: 'p@:/', host: 'db', port: 5433, dbname: 'strata' };

describe('connectionFrom', () => {
  it('takes an URL, bare or in JSON', () => {
    const url = 'postgresql://u:p%40@h:1/d?sslmode=require';
    expect(connectionFrom(url)).toEqual({ connectionString: url });
    expect(connectionFrom(JSON.stringify({ url, note: 'ours' }))).toEqual({ connectionString: url });
    expect(loginOf(connectionFrom(url))).toEqual({ user: 'u', password: 'p@' });
  });

  it('takes a secret of RDS, always with TLS', () => {
    const connection = connectionFrom(JSON.stringify(rds));
    expect(connection).toEqual({
      user: 'u',
      password: 'p@:/',
      host: 'db',
      port: 5433,
      database: 'strata',
      ssl: { rejectUnauthorized: true },
    });
    expect(loginOf(connection)).toEqual({ user: 'u', password: 'p@:/' });
  });

  it('goes to the proxy where there is one', () => {
    expect(connectionFrom(JSON.stringify(rds), 'proxy').host).toBe('proxy');
    const { host: _, ...without } = rds;
    expect(connectionFrom(JSON.stringify(without), 'proxy').host).toBe('proxy');
  });

  it.each(['', 'secret-word', '{}', '{"username":"u","password":"secret-word"}', 'mysql://h', '[]', '"x"'])(
    'refuses %j and repeats nothing of it',
    (text) => {
      expect(() => connectionFrom(text)).toThrow('neither an URL nor credentials');
      expect(() => connectionFrom(text)).not.toThrow('secret-word');
    },
  );
});

describe('postgresConfig', () => {
  it('wants an URL or a secret', () => {
    expect(postgresConfig.safeParse({}).error?.issues.map(({ path }) => path)).toEqual([['DATABASE_URL']]);
    expect(postgresConfig.parse({ DATABASE_SECRET_ARN: 'arn' })).toMatchObject({
      DATABASE_SECRET_ARN: 'arn',
    });
    expect(postgresConfig.safeParse({ DATABASE_URL: 'http://h' }).success).toBe(false);
  });
});
