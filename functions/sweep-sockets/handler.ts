import { sweepSockets } from '../../shared/realtime/sweep-sockets.ts';
import type { ScheduleHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: ScheduleHandler<typeof spec> = (deps) => sweepSockets(deps);
