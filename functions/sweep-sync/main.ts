import { syncStateProvider } from '../../shared/adapters/postgres/sync-state.ts';
import { graphChangesProvider } from '../../shared/adapters/sqs/provider.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';
import { handler as sweep } from './handler.ts';
import { spec } from './spec.ts';

export const handler = scheduleFunction(spec, sweep, {
  syncState: syncStateProvider,
  graphChanges: graphChangesProvider,
});
