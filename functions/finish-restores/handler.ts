import { finishRestores } from '../../shared/lifecycle/finish-restores.ts';
import type { ScheduleHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: ScheduleHandler<typeof spec> = (deps, { deadline }) => finishRestores(deps, deadline);
