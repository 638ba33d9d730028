import { AppError } from '../../kernel/app-error.ts';

/**
 * Refusals that are no fault of the request. Two transactions that met: the loser finds the winner's result when
 * it runs again, so a violated constraint or a vanished node is over by then. A credential being rotated and a
 * time-out end by themselves too.
 */
const passing = [
  'Neo.TransientError.',
  'Neo.DatabaseError.',
  'Neo.ClientError.Security.',
  'Neo.ClientError.Transaction.',
  'Neo.ClientError.Cluster.',
  'Neo.ClientError.Schema.ConstraintValidationFailed',
  'Neo.ClientError.Statement.EntityNotFound',
];

/**
 * A failure of the driver as an error of the port. All that the driver reports of its own, from a lost connection
 * to an empty pool, passes; a server's refusal of the statement, and what is no error of the driver, does not.
 */
export function fromNeo4j(error: unknown): AppError {
  const code = codeOf(error);
  const retryable =
    code !== undefined && (!code.startsWith('Neo.') || passing.some((prefix) => code.startsWith(prefix)));
  const detail = retryable
    ? 'The graph cannot be reached at the moment.'
    : 'The graph does not accept this request.';
  return new AppError('graph_unavailable', detail, { retryable, cause: error });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'Neo4jError') return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
