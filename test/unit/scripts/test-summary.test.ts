import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const passed = (fullName: string) => ({ status: 'passed', fullName, failureMessages: [] });
const failed = (fullName: string, message: string) => ({
  status: 'failed',
  fullName,
  failureMessages: [message],
});

function results(suite: string, assertionResults: object[], file: object = {}): void {
  const count = (status: string) => assertionResults.filter((each) => Reflect.get(each, 'status') === status);
  const testResults = [
    {
      name: resolve(`test/${suite}.test.ts`),
      status: count('failed').length > 0 ? 'failed' : 'passed',
      message: '',
      assertionResults,
      ...file,
    },
  ];
  const written = { numPassedTests: count('passed').length, testResults };
  writeFileSync(join(folder, `${suite}.json`), JSON.stringify(written));
}

function summary(...suites: string[]) {
  const run = spawnSync(process.execPath, ['scripts/test-summary.ts', folder, ...suites], {
    encoding: 'utf8',
  });
  return { code: run.status, lines: run.stdout.trim().split('\n') };
}

it('counts all suites in its last line', () => {
  results('one', [passed('a'), passed('b')]);
  results('two', [passed('c')]);
  expect(summary('one', 'two')).toEqual({ code: 0, lines: ['3 passed, 0 failed'] });
});

it('names what failed and why, without the colours and without a long stack', () => {
  const stack = Array.from({ length: 40 }, (_, line) => `    at line ${line}`).join('\n');
  results('one', [passed('a'), failed('b is c', `\u001b[31mexpected\u001b[39m 503 to be 200\n${stack}`)]);
  const { code, lines } = summary('one');
  expect(code).toBe(1);
  expect(lines.slice(0, 2)).toEqual(['failed in one: test/one.test.ts > b is c', '  expected 503 to be 200']);
  expect(lines.length).toBeLessThan(20);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
});

it('counts a file whose tests could not be loaded as one that failed', () => {
  results('one', [], { status: 'failed', message: 'Cannot find module' });
  const { code, lines } = summary('one');
  expect(code).toBe(1);
  expect(lines.slice(0, 2)).toEqual(['failed in one: test/one.test.ts', '  Cannot find module']);
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
});

it('is not content without the results of a suite', () => {
  results('one', [passed('a')]);
  const { code, lines } = summary('one', 'two');
  expect(code).toBe(1);
  expect(lines).toContain('no results of two');
});
