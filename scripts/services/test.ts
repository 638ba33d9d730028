/** Runs what needs real servers, then the faults, on servers of its own: `npm run test:services [-- FILE …]`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runTests } from './run-tests.ts';
import { type Settings, withServers } from './with-servers.ts';

/** The tests name their servers apart from a user's own settings, which must not reach them. */
const testSettings = (settings: Settings) => ({
  POSTGRES_TEST_URL: settings.DATABASE_URL,
  NEO4J_TEST_URL: settings.NEO4J_URI,
  NEO4J_TEST_USER: settings.NEO4J_USER,
  NEO4J_TEST_PASSWORD: settings.NEO4J_PASSWORD,
  AWS_TEST_ENDPOINT_URL: settings.AWS_ENDPOINT_URL,
});

/** In a process of their own, because they end the servers' and have to survive it. Answers whether none did harm. */
async function faultsDoNoHarm(): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'faults.ts')], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

const chosen = process.argv.slice(2);

try {
  const green = await withServers(async (settings) => {
    const config = ['--config', 'vitest.services.config.ts'];
    const tests = await runTests('services', [...config, ...chosen], testSettings(settings));
    if (chosen.length > 0) return tests;
    const faults = await faultsDoNoHarm();
    return tests && faults;
  });
  process.exitCode = green ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
