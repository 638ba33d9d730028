import type { Settings } from '../settings.ts';

/** How a function keeps its connections, wherever the database is. */
export const databaseEnvironment = ({
  connectTimeoutMs,
}: Settings['database']): Readonly<Record<string, string>> => ({
  // one invocation at a time, whose recall asks in parallel
  DATABASE_POOL_MAX: '4',
  ...(connectTimeoutMs !== undefined && { DATABASE_CONNECT_TIMEOUT_MS: String(connectTimeoutMs) }),
});
