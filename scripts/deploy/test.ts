/** Deploys the emulated stage and runs the end-to-end suite against it: `npm run test:deploy [-- FILE …]`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { withServers } from '../services/with-servers.ts';
import { type Deployment, makeDeployment } from './deployment.ts';
import { printedStep } from './step.ts';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** The suite of the local host, at another address. Answers whether it is green. */
async function passes({ url, keys, behind }: Deployment, chosen: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'e2e', ...chosen], {
    stdio: 'inherit',
    env: {
      ...process.env,
      STRATA_URL: url,
      STRATA_TENANT_A: keys.a,
      STRATA_TENANT_B: keys.b,
      STRATA_TENANT_TEST: keys.test,
      STRATA_DATABASE_URL: behind.databaseUrl,
      STRATA_AWS_ENDPOINT: behind.endpoint,
      STRATA_ARCHIVE_BUCKET: behind.archiveBucket,
    },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

try {
  const green = await withServers(
    async (settings) => {
      const deployment = await makeDeployment(settings, printedStep);
      try {
        console.log(`\n  the deployed service: ${deployment.url}\n`);
        return await passes(deployment, process.argv.slice(2));
      } finally {
        await deployment.remove();
      }
    },
    ['postgres', 'neo4j'],
  );
  console.log(`The end-to-end suite ${green ? 'passes' : 'fails'} against the deployed stacks.`);
  process.exitCode = green ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
