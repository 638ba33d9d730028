import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { type EventEnvelope, eventSource } from '../../contracts/events.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { EventPublisher } from '../../replication/ports.ts';
import { eventBatches } from './event-batches.ts';

export interface EventBridgePublisherOptions {
  client: Pick<EventBridgeClient, 'send'>;
  busName: string;
  logger: Logger;
}

interface Outgoing {
  id: string;
  entry: PutEventsRequestEntry;
}

/** Publishes on EventBridge. A call that fails leaves its events unaccepted; it does not undo the others. */
export function eventBridgePublisher({
  client,
  busName,
  logger,
}: EventBridgePublisherOptions): EventPublisher {
  const outgoing = (event: EventEnvelope): Outgoing => ({
    id: event.id,
    entry: {
      EventBusName: busName,
      Source: eventSource,
      DetailType: event.type,
      Detail: JSON.stringify(event),
      Time: new Date(event.occurredAt),
    },
  });

  async function publishBatch(batch: Outgoing[]): Promise<string[]> {
    try {
      const answer = await client.send(new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) }));
      const results = answer.Entries ?? [];
      const refused = results.find((result) => result.ErrorCode);
      if (refused) {
        logger.warn('the bus refused events', {
          refused: answer.FailedEntryCount,
          error: refused.ErrorCode,
        });
      }
      return batch.filter((_, index) => results[index]?.EventId !== undefined).map(({ id }) => id);
    } catch (error) {
      logger.warn('the bus cannot be reached', {
        events: batch.length,
        error: error instanceof Error ? error.name : String(error),
      });
      return [];
    }
  }

  return {
    async publish(events) {
      const accepted: string[] = [];
      // one call after the other keeps the order of what one relay publishes
      for (const batch of eventBatches(events.map(outgoing))) accepted.push(...(await publishBatch(batch)));
      return accepted;
    },
  };
}
