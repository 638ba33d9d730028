import type { Operation } from '../../contracts/operation.ts';
import type { Answer } from './idempotency.ts';

/** An answer that its contract does not declare: a defect, answered as `internal`. */
class ContractViolation extends TypeError {}

/**
 * Passes the answer through the schema that the contract declares for its status, which also drops every field
 * that is not declared there, so that a row read whole from a store cannot leak a column.
 */
export function checkAnswer(operation: Operation, answer: Answer): Answer {
  const schema = operation.responses[answer.status];
  if (!schema) throw new ContractViolation(`status ${answer.status} is not declared for ${operation.path}`);
  const result = schema.safeParse(answer.body);
  if (result.success) return { ...answer, body: result.data };
  const places = result.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.code}`);
  throw new ContractViolation(
    `the answer of ${operation.method} ${operation.path} is wrong at ${places.join('; ')}`,
  );
}
