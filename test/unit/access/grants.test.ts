import { expect, it } from 'vitest';
import { expandGrants, isGrant } from '../../../shared/access/grants.ts';
import { scopes } from '../../../shared/contracts/scopes.ts';

it('expands a star to every scope', () => {
  expect(expandGrants(['*'])).toEqual(new Set(scopes));
  expect(expandGrants(['memory:read', '*'])).toEqual(new Set(scopes));
});

it('keeps what is known and grants nothing for what is not', () => {
  const given = ['memory:read', 'memory:*', 'MEMORY:WRITE', 'memory', '', 'memory:read ', 'admin'];
  expect(expandGrants(given)).toEqual(new Set(['memory:read']));
  expect(given.filter(isGrant)).toEqual(['memory:read']);
  expect(expandGrants([])).toEqual(new Set());
});
