import { refreshStatistics } from '../../shared/memory/recall/refresh-statistics.ts';
import type { ScheduleHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: ScheduleHandler<typeof spec> = (deps, { deadline }) =>
  refreshStatistics(deps, deadline);
