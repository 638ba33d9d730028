import type { Settings } from '../settings.ts';

/** Lambda's own list of authorities, with that of RDS; Node's has not got it. */
const authorities = '/var/runtime/ca-cert.pem';

/** How a function keeps its connections, wherever the database is. */
export const databaseEnvironment = ({
  connectTimeoutMs,
}: Settings['database']): Readonly<Record<string, string>> => ({
  NODE_EXTRA_CA_CERTS: authorities,
  // one invocation at a time, whose recall asks in parallel
  DATABASE_POOL_MAX: '4',
  ...(connectTimeoutMs !== undefined && { DATABASE_CONNECT_TIMEOUT_MS: String(connectTimeoutMs) }),
});
