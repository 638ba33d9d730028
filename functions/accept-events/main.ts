import { hotCacheProvider, rateLimitsProvider } from '../../shared/adapters/dynamodb/provider.ts';
import { embedderProvider } from '../../shared/adapters/embeddings/provider.ts';
import { eventBusProvider } from '../../shared/adapters/eventbridge/provider.ts';
import { entityExtractorProvider } from '../../shared/adapters/extraction/provider.ts';
import { graphProvider } from '../../shared/adapters/graph/provider.ts';
import { answersProvider } from '../../shared/adapters/postgres/answer-store.ts';
import { memoriesProvider } from '../../shared/adapters/postgres/memory-store.ts';
import { outboxProvider } from '../../shared/adapters/postgres/outbox.ts';
import { socketConnectionsProvider } from '../../shared/adapters/postgres/socket-connections.ts';
import { syncStateProvider } from '../../shared/adapters/postgres/sync-state.ts';
import { tenantLimitsProvider } from '../../shared/adapters/postgres/tenant-limits.ts';
import { redactorProvider } from '../../shared/adapters/redaction/provider.ts';
import { graphChangesProvider } from '../../shared/adapters/sqs/provider.ts';
import { busFunction } from '../../shared/runtime/bus-function.ts';
import { handler as acceptEvent } from './handler.ts';
import { spec } from './spec.ts';

export const handler = busFunction(spec, acceptEvent, {
  memories: memoriesProvider,
  answers: answersProvider,
  syncState: syncStateProvider,
  graph: graphProvider,
  hotCache: hotCacheProvider,
  graphChanges: graphChangesProvider,
  embedder: embedderProvider,
  entityExtractor: entityExtractorProvider,
  redactor: redactorProvider,
  outbox: outboxProvider,
  eventBus: eventBusProvider,
  socketConnections: socketConnectionsProvider,
  rateLimits: rateLimitsProvider,
  tenantLimits: tenantLimitsProvider,
});
