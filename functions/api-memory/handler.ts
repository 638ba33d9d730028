import type { HttpHandlers } from '../../shared/runtime/handlers.ts';
import { aliasHandlers } from './alias-handlers.ts';
import { withProjector } from './context.ts';
import { memoryHandlers } from './memory-handlers.ts';
import type { spec } from './spec.ts';

export const handlers: HttpHandlers<typeof spec> = (deps) => {
  const memoryDeps = withProjector(deps);
  return { ...memoryHandlers(memoryDeps), ...aliasHandlers(memoryDeps) };
};
