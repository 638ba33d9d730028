import type { Operation } from '../../../shared/contracts/operation.ts';
import { operations } from '../../../shared/contracts/operations.ts';

export const anyId = '019f0000-0000-7000-8000-000000000000';

/** Every operation of the contract by its name, with its path filled in. */
export const everyOperation: readonly (readonly [id: string, operation: Operation, path: string])[] =
  Object.entries<Operation>(operations).map(([id, operation]) => [
    id,
    operation,
    operation.path.replaceAll(/\{\w+\}/g, anyId),
  ]);

export const guardedOperations = everyOperation.filter(([, { scope }]) => scope !== 'public');
