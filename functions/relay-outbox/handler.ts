import { relayOutbox } from '../../shared/replication/relay-outbox.ts';
import type { ScheduleHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: ScheduleHandler<typeof spec> = (deps, { deadline }) => relayOutbox(deps, deadline);
