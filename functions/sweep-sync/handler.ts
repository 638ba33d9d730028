import { sweepSync } from '../../shared/replication/sweep-sync.ts';
import type { ScheduleHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: ScheduleHandler<typeof spec> = (deps) => sweepSync(deps);
