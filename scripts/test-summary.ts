import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** What the JSON reporter of vitest writes, in as far as it is read here. */
interface Results {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

interface Failure {
  readonly what: string;
  readonly why: string;
}

const linesOfMessage = 12;

/** A file whose tests cannot even be loaded has no tests that failed: it counts as one. */
const failuresOf = ({ testResults }: Results): Failure[] =>
  testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    if (status === 'failed' && assertionResults.length === 0) return [{ what: file, why: message }];
    return assertionResults
      .filter((each) => each.status === 'failed')
      .map((each) => ({ what: `${file} > ${each.fullName}`, why: each.failureMessages.join('\n') }));
  });

/**
 * Reads the results that test runs left in a folder and prints what failed in them and why, so that the end of a
 * long log tells it; the last line counts. Ends with 1 when anything failed or a run left no results.
 */
function summarise(folder: string, suites: readonly string[]): boolean {
  let passed = 0;
  let failed = 0;
  const missing: string[] = [];
  for (const suite of suites) {
    const file = join(folder, `${suite}.json`);
    if (!existsSync(file)) {
      missing.push(suite);
      continue;
    }
    const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
    const failures = failuresOf(results);
    passed += results.numPassedTests;
    failed += failures.length;
    for (const { what, why } of failures) {
      const told = stripVTControlCharacters(why).split('\n').slice(0, linesOfMessage);
      console.log(`\nfailed in ${suite}: ${what}\n  ${told.join('\n  ')}`);
    }
  }
  for (const suite of missing) console.log(`\nno results of ${suite}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && missing.length === 0;
}

const [folder, ...suites] = process.argv.slice(2);
if (folder === undefined || suites.length === 0) {
  console.error('Name the folder of the results and the suites to expect in it.');
  process.exitCode = 2;
} else if (!summarise(folder, suites)) {
  process.exitCode = 1;
}
