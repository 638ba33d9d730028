import { issuesOf } from '../../contracts/issues.ts';
import type { Operation, OperationInput } from '../../contracts/operation.ts';
import { AppError } from '../../kernel/app-error.ts';

/** The parts of a request before validation. */
export interface RawInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Validates every part by the operation's schemas; a part without a schema is undefined.
 * @throws AppError `validation_failed`, its `details.errors` listing what is wrong in all of them
 */
export function validate<O extends Operation>(operation: O, raw: RawInput): OperationInput<O> {
  const params = operation.params?.safeParse(raw.params);
  const query = operation.query?.safeParse(raw.query);
  const body = operation.body?.safeParse(raw.body);
  const errors = [
    ...(params?.error ? issuesOf('path', params.error) : []),
    ...(query?.error ? issuesOf('query', query.error) : []),
    ...(body?.error ? issuesOf('body', body.error) : []),
  ];
  const [first] = errors;
  if (first) {
    const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw new AppError('validation_failed', `Change ${first.path}: ${first.message}${others}.`, {
      details: { errors },
    });
  }
  return { params: params?.data, query: query?.data, body: body?.data } as OperationInput<O>;
}
