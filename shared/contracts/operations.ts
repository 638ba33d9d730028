import { adminOperations } from './admin/operations.ts';
import { identityOperations } from './identity/operations.ts';
import { lifecycleOperations } from './lifecycle/operations.ts';
import { aliasOperations } from './memory/aliases.ts';
import { memoryOperations } from './memory/operations.ts';

/** The whole operation table. */
export const operations = {
  ...memoryOperations,
  ...aliasOperations,
  ...lifecycleOperations,
  ...adminOperations,
  ...identityOperations,
};
