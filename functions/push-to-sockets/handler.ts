import { presentFields } from '../../shared/kernel/present-fields.ts';
import { pushEvent } from '../../shared/realtime/push-event.ts';
import type { BusHandler } from '../../shared/runtime/handlers.ts';
import type { spec } from './spec.ts';

export const handler: BusHandler<typeof spec> = async ({ envelope, type, data }, deps) => {
  const { id, occurredAt, tenantId } = envelope;
  return pushEvent(tenantId, { id, type, occurredAt, data: presentFields(data) }, deps);
};
