import { defineConfig } from 'vitest/config';

/** Log lines and metrics of functions under test would bury the results. */
const env = { LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };

/** Until a thing that is bound to happen must have happened, on a machine that is busy with other tests. */
const pollTimeout = 10_000;

/**
 * What a test may touch follows from where it is: `unit` and `simulation` nothing outside the process, `integration`
 * real stores in the process, `e2e` the running service, started once per file. Those that start something run after
 * the others and two files at a time: most of their time they wait, and two cores are all they can count on.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,simulation}/**/*.test.ts'],
          env,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          env,
          // the CDK takes longer to load than to synthesise: once for all of them, and each stage once
          isolate: false,
          fileParallelism: false,
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/types/tsconfig.json',
            // errors outside the tests are the business of `npm run types`
            ignoreSourceErrors: true,
          },
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.int.test.ts'],
          env,
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: pollTimeout } },
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          env,
          pool: 'forks',
          // a service elsewhere is one for all files, and an emulator of it starts a process for each request at once
          maxWorkers: process.env.STRATA_URL === undefined ? 2 : 1,
          testTimeout: 30_000,
          hookTimeout: 90_000,
          expect: { poll: { timeout: pollTimeout } },
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
