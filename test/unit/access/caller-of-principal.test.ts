import { describe, expect, it } from 'vitest';
import { callerOfPrincipal } from '../../../shared/access/caller-of-principal.ts';
import { principalArn } from '../../../shared/access/principal-arn.ts';
import { inMemoryPrincipalStore } from '../../../shared/adapters/in-memory/principals.ts';

const indexer = 'arn:aws:iam::123456789012:role/indexer';

describe('principalArn', () => {
  it.each([
    ['arn:aws:sts::123456789012:assumed-role/indexer/i-0abc', indexer],
    ['arn:aws:sts::123456789012:assumed-role/indexer/someone@example.com', indexer],
    ['arn:aws:iam::123456789012:role/indexer', indexer],
    ['arn:aws:iam::123456789012:role/team/a/indexer', indexer],
    ['arn:aws-cn:sts::123456789012:assumed-role/indexer/s', 'arn:aws-cn:iam::123456789012:role/indexer'],
    ['arn:aws:iam::123456789012:user/bob', 'arn:aws:iam::123456789012:user/bob'],
    ['arn:aws:iam::123456789012:user/team/bob', 'arn:aws:iam::123456789012:user/team/bob'],
  ])('%s is %s', (given, expected) => {
    expect(principalArn(given)).toBe(expected);
  });

  it.each([
    '',
    'indexer',
    'arn:aws:iam::123456789012:root',
    'arn:aws:sts::123456789012:federated-user/indexer',
    'arn:aws:sts::123456789012:assumed-role/indexer',
    'arn:aws:sts::123456789012:assumed-role/indexer/a/b',
    'arn:aws:sts::123456789012:assumed-role//indexer',
    'arn:aws:sts::1234:assumed-role/indexer/s',
    'arn:aws:iam::123456789012:role/',
    'arn:aws:iam::123456789012:role/indexer\n',
    'xarn:aws:iam::123456789012:role/indexer',
  ])('%j is nobody', (given) => {
    expect(principalArn(given)).toBeUndefined();
  });
});

describe('callerOfPrincipal', () => {
  const principals = inMemoryPrincipalStore({
    [indexer]: { tenantId: 'acme', scopes: ['memory:read', 'memory:write'] },
    'arn:aws:iam::123456789012:role/victim': { tenantId: 'victim', scopes: ['*'] },
  });

  it('finds tenant and scopes of the role behind a session', async () => {
    const caller = await callerOfPrincipal('arn:aws:sts::123456789012:assumed-role/indexer/s', {
      principals,
    });
    expect(caller).toEqual({
      tenantId: 'acme',
      subject: indexer,
      scopes: new Set(['memory:read', 'memory:write']),
    });
  });

  it('is not moved by a session that is named like another tenant or role', async () => {
    for (const session of ['victim', 'role=victim', 'arn@victim']) {
      const arn = `arn:aws:sts::123456789012:assumed-role/indexer/${session}`;
      expect((await callerOfPrincipal(arn, { principals })).tenantId).toBe('acme');
    }
  });

  it.each([
    'arn:aws:sts::123456789012:assumed-role/unknown/victim',
    'arn:aws:sts::999999999999:assumed-role/indexer/s',
    'arn:aws:sts::123456789012:federated-user/victim',
    '__proto__',
  ])('forbids %s', async (arn) => {
    await expect(callerOfPrincipal(arn, { principals })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
