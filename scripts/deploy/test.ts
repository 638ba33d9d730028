/** Deploys the emulated stage and runs the end-to-end suite against it: `npm run test:deploy [-- FILE …]`. */
import { runTests } from '../services/run-tests.ts';
import { withServers } from '../services/with-servers.ts';
import { type Deployment, makeDeployment } from './deployment.ts';
import { printedStep } from './step.ts';

/** Callers of the suite: with tokens of the deployed issuer, and with signatures of IAM at the API for services. */
const callers = ['tokens', 'signed'] as const;

/** What is about tokens has nothing to say of signed requests, and the WebSocket API takes tokens alone. */
const notSigned = [
  ...['access-tokens', 'realtime'].flatMap((name) => ['--exclude', `test/e2e/${name}.e2e.test.ts`]),
  // they may be all that was asked for
  '--passWithNoTests',
];

/** The suite of the local host, at another address. Answers whether it is green. */
function passes(
  { suite }: Deployment,
  STRATA_CALLERS: (typeof callers)[number],
  chosen: readonly string[],
): Promise<boolean> {
  const omitted = STRATA_CALLERS === 'signed' ? notSigned : [];
  return runTests(`deployed-${STRATA_CALLERS}`, ['--project', 'e2e', ...omitted, ...chosen], {
    ...suite,
    STRATA_CALLERS,
  });
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
