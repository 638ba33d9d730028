import { describe, expect, it } from 'vitest';
import { translateError } from '../../../shared/adapters/postgres/errors.ts';

describe('errors of Postgres', () => {
  const unavailable = { code: 'store_unavailable', retryable: true };

  it.each(['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EBADF'])(
    'a connection that broke with %s may be tried again',
    (code) => {
      const error = Object.assign(new Error(`write ${code}`), { code, syscall: 'write', errno: -32 });
      expect(translateError(error)).toMatchObject(unavailable);
    },
  );

  it.each(['57P01', '57P03', '57014', '53300', '25006', '08006'])(
    'a server that says %s may be tried again',
    (code) => {
      expect(translateError(Object.assign(new Error('no'), { code }))).toMatchObject(unavailable);
    },
  );

  it.each(['40001', '40P01', '55P03'])('what was rolled back with %s says so', (code) => {
    expect(translateError(Object.assign(new Error('no'), { code }))).toMatchObject({
      ...unavailable,
      details: { rolledBack: true },
    });
  });

  it.each([
    ['22P02', 'validation_failed'],
    ['ST422', 'idempotency_key_reused'],
    ['23505', 'internal'],
    ['42501', 'internal'],
    ['XX000', 'internal'],
  ])('a statement refused with %s is not tried again', (state, code) => {
    expect(translateError(Object.assign(new Error('no'), { code: state }))).toMatchObject({
      code,
      retryable: false,
    });
  });

  it('a driver that gives up waiting may be tried again', () => {
    expect(translateError(new Error('timeout exceeded when trying to connect'))).toMatchObject(unavailable);
    expect(translateError(undefined)).toMatchObject(unavailable);
  });
});
