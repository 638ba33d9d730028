import { AppError } from '../kernel/app-error.ts';
import type { Operation, Operations } from './ports.ts';

/** How far an operation of the tenant is. @throws AppError `not_found`. */
export async function findOperation(
  tenantId: string,
  operationId: string,
  { operations }: { operations: Operations },
): Promise<Operation> {
  const found = await operations.find(tenantId, operationId);
  if (!found) throw new AppError('not_found', 'There is no operation with this id.');
  return found;
}
