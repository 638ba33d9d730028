import { fillEmbeddings } from '../../shared/memory/write/fill-embeddings.ts';
import type { ScheduleHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: ScheduleHandler<typeof spec> = (deps) => fillEmbeddings(deps);
