import { expect } from 'vitest';
import { type ErrorCode, errorStatus } from '../../../shared/contracts/errors.ts';
import type { Answer } from '../../support/http.ts';
import { isRemote, isSigned } from './target.ts';

/** What only somebody inside needs to know: statements, states and stacks, files, hosts, clients. */
const internals =
  /\bselect\b.+\bfrom\b|\binsert into\b|strata\.\w+|sqlstate|syntax error|\bat .+:\d+:\d+|node_modules|\.[cm]?[jt]s\b|\/(?:home|root|usr|tmp|var|work)\/|127\.0\.0\.1|localhost|ECONN|pg_|pglite|postgres|neo4j|grafeo|dynamo|zoderror|typeerror|\[object /i;

/** A problem document of exactly this code, with nothing of the inside in it. Answers its body. */
export function expectProblem(answer: Answer, code: ErrorCode): Answer['body'] {
  expect({ status: answer.status, code: answer.body?.code }, answer.text).toEqual({
    status: errorStatus[code],
    code,
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: `urn:strata:problem:${code}`,
    title: expect.stringMatching(/^[A-Z][a-z ]+$/),
    status: errorStatus[code],
    detail: expect.stringMatching(/^[^\n]{5,500}\.$/),
    requestId: expect.stringMatching(/^[\w=-]{8,}$/),
  });
  expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId);
  expect(answer.text).not.toMatch(internals);
  return answer.body;
}

/** What no route leads to: elsewhere API Gateway answers it itself, with the same status and a body of its own. */
export function expectUnrouted(answer: Answer): void {
  if (isRemote) expect(answer.status, answer.text).toBe(errorStatus.route_not_found);
  else expectProblem(answer, 'route_not_found');
}

/**
 * 401, with the header that says what is wrong. Elsewhere API Gateway answers: its own header says `Bearer` and
 * more, and an emulator of it may send none. Who should have signed the request is answered 403.
 */
export function expectUnauthenticated(answer: Answer, says = /^Bearer/): void {
  if (isSigned) {
    expect(answer.status, answer.text).toBe(403);
    return;
  }
  expect(answer.status, answer.text).toBe(401);
  const header = answer.headers.get('www-authenticate');
  if (!isRemote) expect(header ?? '').toMatch(says);
  else if (header !== null) expect(header).toMatch(/^Bearer/);
}

/** The answer's body, when it has this status; else the test fails with what was answered. */
export function expectStatus<T>(answer: Answer<T>, status: number): T {
  expect(answer.status, answer.text).toBe(status);
  return answer.body;
}
