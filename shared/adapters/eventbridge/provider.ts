import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import type { EventPublisher } from '../../replication/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { eventBridgePublisher } from './event-publisher.ts';

const config = z.object({ EVENT_BUS_NAME: z.string().min(1) });

export const eventBusProvider: Provider<EventPublisher, typeof config> = {
  config,
  build({ EVENT_BUS_NAME }, { logger }) {
    const client = new EventBridgeClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 500, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
    return eventBridgePublisher({ client, busName: EVENT_BUS_NAME, logger });
  },
};
