import { graphProvider } from '../../shared/adapters/graph/provider.ts';
import { syncStateProvider } from '../../shared/adapters/postgres/sync-state.ts';
import { graphChange } from '../../shared/contracts/messages.ts';
import { queueFunction } from '../../shared/runtime/queue/queue-function.ts';
import { handler as project } from './handler.ts';
import { spec } from './spec.ts';

export const handler = queueFunction(spec, graphChange, project, {
  syncState: syncStateProvider,
  graph: graphProvider,
});
