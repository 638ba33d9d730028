import type pg from 'pg';
import * as z from 'zod';
import { AppError } from '../../kernel/app-error.ts';

const url = z.string().regex(/^postgres(ql)?:\/\//);

/** The shape that RDS and its rotation give a secret. */
const credentials = z.object({
  username: z.string().min(1),
  password: z.string().min(1),
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().default(5_432),
  dbname: z.string().min(1).default('postgres'),
});

/** `user` and `password` beside an address, or one `connectionString` with all of it. */
export type Connection = Pick<
  pg.ClientConfig,
  'connectionString' | 'user' | 'password' | 'host' | 'port' | 'database' | 'ssl'
>;

/**
 * How to connect, from the text of a secret: an URL, JSON with an `url`, or the JSON of an RDS secret, which is
 * always used with TLS.
 * @param host replaces the one of an RDS secret: a proxy in front of the database that the secret names
 * @throws AppError `internal`, which repeats nothing of the secret
 */
export function connectionFrom(text: string, host?: string): Connection {
  if (url.safeParse(text).success) return { connectionString: text };
  const json = parseJson(text);
  const named = z.object({ url }).safeParse(json);
  if (named.success) return { connectionString: named.data.url };
  const { data } = credentials.safeParse(json);
  const address = host ?? data?.host;
  if (data === undefined || address === undefined) {
    throw new AppError('internal', 'The secret of the database is neither an URL nor credentials.');
  }
  return {
    user: data.username,
    password: data.password,
    host: address,
    port: data.port,
    database: data.dbname,
    ssl: { rejectUnauthorized: true },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Who signs in over a connection. */
export function loginOf({ connectionString, user, password }: Connection): Login {
  if (connectionString === undefined) {
    return { user, password: typeof password === 'string' ? password : undefined };
  }
  const address = new URL(connectionString);
  return {
    user: decodeURIComponent(address.username) || undefined,
    password: decodeURIComponent(address.password) || undefined,
  };
}

interface Login {
  user: string | undefined;
  password: string | undefined;
}
