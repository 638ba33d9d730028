import type { HttpHandlers } from '../../shared/runtime/handlers.ts';
import { aliasHandlers } from './alias-handlers.ts';
import { memoryDeps } from './context.ts';
import { lifecycleHandlers } from './lifecycle-handlers.ts';
import { memoryHandlers } from './memory-handlers.ts';
import type { spec } from './spec.ts';

export const handlers: HttpHandlers<typeof spec> = (deps) => {
  const ports = memoryDeps(deps);
  return { ...memoryHandlers(ports), ...aliasHandlers(ports), ...lifecycleHandlers(ports) };
};
