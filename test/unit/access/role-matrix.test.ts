import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { roleMatrix } from '../../../scripts/role-matrix.ts';
import { expandGrants } from '../../../shared/access/grants.ts';
import type { Operation } from '../../../shared/contracts/operation.ts';
import { operations } from '../../../shared/contracts/operations.ts';
import { type Role, roles, type Scope, scopes } from '../../../shared/contracts/scopes.ts';
import { authenticate } from '../../../shared/runtime/http/caller.ts';

const table = Object.entries<Operation>(operations);
const roleNames = Object.keys(roles) as Role[];
const protectedOnes = table.filter(([, operation]) => operation.scope !== 'public');

const asking = (operation: Operation, scope: string) =>
  authenticate(
    operation,
    { jwt: { claims: { tenant_id: 'acme', sub: 'key:sk_1', scope, exp: '4102444800' }, scopes: null } },
    undefined,
  ).then(
    () => 'allowed',
    (error) => error.code,
  );

describe('every operation', () => {
  it.each(table)('%s names a scope of the list, or says that it needs none', (_, operation) => {
    expect([...scopes, 'public', 'authenticated']).toContain(operation.scope);
  });

  it('is public only where nobody can have a token yet, or where it tells of no tenant', () => {
    const open = table.filter(([, operation]) => operation.scope === 'public').map(([id]) => id);
    expect(open.sort()).toEqual(['discovery', 'health', 'issueToken', 'jwks', 'openApi']);
  });
});

describe.each(roleNames)('the role %s', (role) => {
  it.each(protectedOnes)('is let into %s exactly if it has the scope', async (_, operation) => {
    const granted: readonly Scope[] = roles[role];
    const expected =
      operation.scope === 'authenticated' || granted.includes(operation.scope as Scope)
        ? 'allowed'
        : 'insufficient_scope';
    expect(await asking(operation, granted.join(' '))).toBe(expected);
  });
});

it.each(protectedOnes)(
  'a token without scopes is not let into %s, nor one without tenant',
  async (_, operation) => {
    if (operation.scope !== 'authenticated') expect(await asking(operation, '')).toBe('insufficient_scope');
    await expect(
      authenticate(operation, { jwt: { claims: { sub: 'x', scope: '*' }, scopes: null } }, undefined),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(authenticate(operation, undefined, undefined)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  },
);

it('the roles are what they are called', () => {
  expect(expandGrants(roles.reader)).toEqual(new Set(['memory:read']));
  expect(roles.writer).not.toContain('memory:delete');
  expect(roles.operator.filter((scope) => scope.startsWith('memory:'))).toEqual([]);
  expect(expandGrants(roles.admin)).toEqual(expandGrants(['*']));
  const mayWriteKeys = roleNames.filter((role) => (roles[role] as readonly Scope[]).includes('keys:write'));
  expect(mayWriteKeys).toEqual(['admin']);
});

it('the matrix in the documentation is the one of the contract', async () => {
  const text = await readFile(new URL('../../../docs/access.md', import.meta.url), 'utf8');
  expect(text).toContain(roleMatrix());
});
