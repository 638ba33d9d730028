import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Settings, withServers } from './with-servers.ts';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** The tests name their servers apart from a user's own settings, which must not reach them. */
const testSettings = (settings: Settings) => ({
  POSTGRES_TEST_URL: settings.DATABASE_URL,
  NEO4J_TEST_URL: settings.NEO4J_URI,
  NEO4J_TEST_USER: settings.NEO4J_USER,
  NEO4J_TEST_PASSWORD: settings.NEO4J_PASSWORD,
  AWS_TEST_ENDPOINT_URL: settings.AWS_ENDPOINT_URL,
});

/** Runs a program of this Node to its end. Answers whether it succeeded. */
async function succeeds(args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

const chosen = process.argv.slice(2);

try {
  const green = await withServers(async (settings) => {
    const env = { ...process.env, ...testSettings(settings) };
    const config = ['--config', 'vitest.services.config.ts'];
    const tests = await succeeds([vitest, 'run', ...config, ...chosen], env);
    if (chosen.length > 0) return tests;
    const faults = await succeeds([join(import.meta.dirname, 'faults.ts')], process.env);
    return tests && faults;
  });
  process.exitCode = green ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
