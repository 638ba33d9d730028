import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../shared/contracts/operation.ts';
import { type Role, roles, type Scope, scopes } from '../../shared/contracts/scopes.ts';
import type { Http } from '../support/http.ts';
import { everyOperation, guardedOperations } from './support/operations.ts';
import { expectProblem, expectUnauthenticated } from './support/problem.ts';
import { openTarget, type Target } from './support/target.ts';

let target: Target;
const callers = new Map<string, Http>();
const caller = (name: string) => callers.get(name) as Http;
const roleNames = Object.keys(roles) as Role[];

beforeAll(async () => {
  target = await openTarget();
  for (const role of roleNames) callers.set(role, await target.as('a', roles[role]));
  for (const scope of scopes) {
    const others = scopes.filter((other) => other !== scope);
    callers.set(`all but ${scope}`, await target.as('a', others));
  }
});
afterAll(() => target.close());

/** Too little to do anything: what comes after the check of the scope refuses it. */
const attempt = (http: Http, { method, body }: Operation, path: string) =>
  http.send(method, path, body ? { body: {} } : {});

describe('every operation that is not public', () => {
  it.each(guardedOperations)('%s needs a token', async (_id, operation, path) => {
    expectUnauthenticated(await attempt(target.anonymous, operation, path));
  });

  it.each(guardedOperations.filter(([, { scope }]) => scope !== 'authenticated'))(
    '%s needs its own scope, and names it',
    async (_id, operation, path) => {
      const { scope } = operation;
      const refused = await attempt(caller(`all but ${scope}`), operation, path);
      expect(expectProblem(refused, 'insufficient_scope').details).toEqual({ scope });
    },
  );

  it.each(guardedOperations)('%s checks the scope before anything else', async (_id, operation, path) => {
    const { scope, method } = operation;
    const limited = caller(`all but ${scope}`);
    const headers = { 'idempotency-key': 'x'.repeat(300), 'if-match': 'x', 'content-type': 'text/plain' };
    const refused = await limited.send(method, `${path}?unknown=1`, {
      headers,
      ...(operation.body && { body: '{' }),
    });
    expectProblem(refused, 'insufficient_scope');
  });
});

describe.each(roleNames)('the role %s', (role) => {
  it.each(guardedOperations)('is let into %s exactly if the matrix says so', async (_id, operation, path) => {
    const granted: readonly Scope[] = roles[role];
    const allowed = granted.includes(operation.scope as Scope);
    const answer = await attempt(caller(role), operation, path);
    expect(answer.body?.code === 'insufficient_scope', answer.text).toBe(!allowed);
    expect(answer.status).toBeLessThan(500);
    if (!allowed) expect(answer.status).toBe(403);
  });
});

describe('public operations', () => {
  it.each(everyOperation.filter(([, { scope }]) => scope === 'public'))(
    '%s take no notice of a bad token',
    async (_id, operation, path) => {
      const headers = { authorization: 'Bearer garbage' };
      const answer = await target.anonymous.send(operation.method, path, { headers });
      // issueToken misses its API key
      expect([200, 401]).toContain(answer.status);
      if (answer.status === 401) expect(answer.body.detail).toMatch(/x-api-key/);
    },
  );
});
