/** Deploys the emulated stage and runs the end-to-end suite against it: `npm run test:deploy [-- FILE …]`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { withServers } from '../services/with-servers.ts';
import { type Deployment, makeDeployment } from './deployment.ts';
import { printedStep } from './step.ts';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Callers of the suite: with tokens of the deployed issuer, and with signatures of IAM at the API for services. */
const callers = ['tokens', 'signed'] as const;

/** What is about tokens has nothing to say of signed requests. */
const notSigned = ['--exclude', 'test/e2e/access-tokens.e2e.test.ts'];

/** The suite of the local host, at another address. Answers whether it is green. */
async function passes(
  { suite }: Deployment,
  STRATA_CALLERS: (typeof callers)[number],
  chosen: readonly string[],
): Promise<boolean> {
  const omitted = STRATA_CALLERS === 'signed' ? notSigned : [];
  const child = spawn(process.execPath, [vitest, 'run', '--project', 'e2e', ...omitted, ...chosen], {
    stdio: 'inherit',
    env: { ...process.env, ...suite, STRATA_CALLERS },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

try {
  const failed = await withServers(
    async (settings) => {
      const deployment = await makeDeployment(settings, printedStep);
      const failures: string[] = [];
      try {
        console.log(`\n  the deployed service: ${deployment.url}`);
        for (const kind of callers) {
          console.log(`\n  the end-to-end suite, callers: ${kind}\n`);
          if (!(await passes(deployment, kind, process.argv.slice(2)))) failures.push(kind);
        }
        return failures;
      } finally {
        await deployment.remove();
      }
    },
    ['postgres', 'neo4j'],
  );
  const outcome = failed.length === 0 ? 'passes' : `fails (${failed.join(', ')})`;
  console.log(`The end-to-end suite ${outcome} against the deployed stacks.`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
