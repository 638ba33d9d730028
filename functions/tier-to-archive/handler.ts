import { tierToArchive } from '../../shared/lifecycle/tier-to-archive.ts';
import type { ScheduleHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: ScheduleHandler<typeof spec> = (deps, { deadline }) => tierToArchive(deps, deadline);
