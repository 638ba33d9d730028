import neo4j from 'neo4j-driver';
import { describe, expect, it } from 'vitest';
import { fromNeo4j } from '../../../shared/adapters/graph/neo4j-error.ts';

describe('fromNeo4j', () => {
  it.each([
    ['ServiceUnavailable', true],
    ['SessionExpired', true],
    // of the driver itself: an empty pool
    ['N/A', true],
    ['Neo.TransientError.Transaction.DeadlockDetected', true],
    ['Neo.DatabaseError.General.UnknownError', true],
    ['Neo.ClientError.Transaction.TransactionTimedOut', true],
    ['Neo.ClientError.Schema.ConstraintValidationFailed', true],
    ['Neo.ClientError.Statement.EntityNotFound', true],
    ['Neo.ClientError.Security.CredentialsExpired', true],
    ['Neo.ClientError.Statement.SyntaxError', false],
    ['Neo.ClientError.Statement.ParameterMissing', false],
  ])('%s: retryable is %s', (code, retryable) => {
    const cause = new neo4j.Neo4jError('at 10.0.0.7: MERGE (m:Memory)', code, '50N42', 'test');
    const error = fromNeo4j(cause);
    expect(error).toMatchObject({ code: 'graph_unavailable', retryable, cause });
    expect(error.message).not.toMatch(/10\.0|MERGE/);
  });

  it('takes what is no error of the driver for a defect, which no repetition mends', () => {
    expect(fromNeo4j(new TypeError('x'))).toMatchObject({ code: 'graph_unavailable', retryable: false });
  });
});
