import { eventBusProvider } from '../../shared/adapters/eventbridge/provider.ts';
import { outboxProvider } from '../../shared/adapters/postgres/outbox.ts';
import { scheduleFunction } from '../../shared/runtime/schedule-function.ts';
import { handler as relay } from './handler.ts';
import { spec } from './spec.ts';

export const handler = scheduleFunction(spec, relay, { outbox: outboxProvider, eventBus: eventBusProvider });
