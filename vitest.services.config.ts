import { defineConfig } from 'vitest/config';

/**
 * What needs real servers: `npm run test:services` starts them and names them to the tests, so that the
 * conformance suites of the stores run on them as well. One file at a time, because all share the servers.
 */
export default defineConfig({
  test: {
    name: 'services',
    include: [
      'test/services/**/*.test.ts',
      // those that take a server where one is named
      'test/integration/{graph-neo4j,postgres-*,recall-*}.int.test.ts',
    ],
    env: { LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 30_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
