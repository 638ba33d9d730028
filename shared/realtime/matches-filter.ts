import type { SubscriptionFilter } from '../contracts/realtime/subscription.ts';
import type { StreamEvent } from './model.ts';

/** What Postgres decides with `strata.event_matches`, for stores without it. */
export function matchesFilter(filter: SubscriptionFilter, { type, data }: StreamEvent): boolean {
  const { events, agentId, conversationId, memoryTypes } = filter;
  return (
    (events === undefined || events.includes(type)) &&
    (agentId === undefined || data.agentId === agentId) &&
    (conversationId === undefined || data.conversationId === conversationId) &&
    (memoryTypes === undefined || memoryTypes.some((memoryType) => memoryType === data.memoryType))
  );
}
