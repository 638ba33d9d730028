import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Logger } from '../../kernel/logger.ts';
import type { EventPublisher } from '../../replication/ports.ts';
import { eventBridgePublisher } from './event-publisher.ts';

export const openBus = (busName: string, logger: Logger): EventPublisher =>
  eventBridgePublisher({
    busName,
    logger,
    client: new EventBridgeClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 500, requestTimeout: 3_000, throwOnRequestTimeout: true },
    }),
  });
