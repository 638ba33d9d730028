import type { EventBridgeEvent } from 'aws-lambda';
import { type EventType, eventDetails, eventEnvelope } from '../contracts/events.ts';
import type { FunctionSpec } from '../contracts/function-spec.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Providers } from './deps.ts';
import type { BusEvent, BusHandler } from './handlers.ts';
import type { Host } from './host.ts';
import { annotate } from './observability/invocation.ts';
import { count } from './observability/observation.ts';
import { type LambdaFunction, pipeline } from './pipeline.ts';

export type BusSpec = FunctionSpec & { readonly trigger: { readonly kind: 'bus' } };
type Counts = Record<string, number>;
export type BusDelivery = EventBridgeEvent<string, unknown>;

/**
 * The Lambda behind a rule of the bus. An event that its schema refuses fails the invocation like a fault does:
 * Lambda retries twice and then hands it to the function's dead-letter queue, where somebody can see it.
 */
export function busFunction<const S extends BusSpec>(
  spec: S,
  handler: BusHandler<S>,
  providers: Providers<S>,
  host: Partial<Host> = {},
): LambdaFunction<BusDelivery, Counts | null> {
  const subscribed: readonly EventType[] = spec.trigger.events;
  const take = handler as unknown as BusHandler<S, BusEvent>;
  return pipeline<S, BusDelivery, Counts | null>(spec, providers, host, {
    identify: (delivery) => ({ deliveryId: delivery.id, detailType: delivery['detail-type'] }),
    run: async (delivery, deps, deadline) => {
      const event = parseDelivery(delivery, subscribed);
      annotate({ eventId: event.envelope.id, tenantId: event.envelope.tenantId });
      return (await take(event, deps, { deadline })) ?? null;
    },
    describe: (counts) => ({
      fields: counts ?? {},
      measures: Object.entries(counts ?? {}).map(([name, value]) => count(name, value)),
    }),
  });
}

/** @throws AppError `validation_failed`, not retryable */
function parseDelivery(delivery: BusDelivery, subscribed: readonly EventType[]): BusEvent {
  const envelope = eventEnvelope.safeParse(delivery.detail);
  if (!envelope.success) throw refused('envelope', envelope.error.issues);
  const { type, data } = envelope.data;
  if (type !== delivery['detail-type'] || !subscribed.includes(type)) {
    throw new AppError('validation_failed', `This function does not take ${type} under that detail-type.`);
  }
  const detail = eventDetails[type].safeParse(data);
  if (!detail.success) throw refused('data', detail.error.issues);
  return { type, envelope: envelope.data, data: detail.data } as BusEvent;
}

const refused = (part: string, issues: readonly { path: PropertyKey[]; code?: string }[]) => {
  const places = issues.slice(0, 5).map((issue) => `${issue.path.map(String).join('.')} (${issue.code})`);
  return new AppError('validation_failed', `The ${part} of the event is wrong at ${places.join(', ')}.`);
};
