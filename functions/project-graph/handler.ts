import type { GraphChange } from '../../shared/contracts/messages.ts';
import { projectChanges } from '../../shared/replication/project-changes.ts';
import type { QueueHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: QueueHandler<typeof spec, GraphChange> = (messages, deps) =>
  projectChanges(messages, deps);
