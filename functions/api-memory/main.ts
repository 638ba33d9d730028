import { pageCursorsProvider } from '../../shared/adapters/cursors/hmac-cursors.ts';
import { hotCacheProvider, rateLimitsProvider } from '../../shared/adapters/dynamodb/provider.ts';
import { embedderProvider } from '../../shared/adapters/embeddings/provider.ts';
import { eventBusProvider } from '../../shared/adapters/eventbridge/provider.ts';
import { entityExtractorProvider } from '../../shared/adapters/extraction/provider.ts';
import { graphProvider } from '../../shared/adapters/graph/provider.ts';
import { answersProvider } from '../../shared/adapters/postgres/answer-store.ts';
import { archiveCatalogueProvider } from '../../shared/adapters/postgres/archive-catalogue.ts';
import { memoriesProvider } from '../../shared/adapters/postgres/memory-store.ts';
import { operationsProvider } from '../../shared/adapters/postgres/operations.ts';
import { outboxProvider } from '../../shared/adapters/postgres/outbox.ts';
import { principalsProvider } from '../../shared/adapters/postgres/principal-store.ts';
import { recallIndexProvider } from '../../shared/adapters/postgres/recall-index.ts';
import { socketConnectionsProvider } from '../../shared/adapters/postgres/socket-connections.ts';
import { syncStateProvider } from '../../shared/adapters/postgres/sync-state.ts';
import { tenantLimitsProvider } from '../../shared/adapters/postgres/tenant-limits.ts';
import { redactorProvider } from '../../shared/adapters/redaction/provider.ts';
import { memoryArchiveProvider } from '../../shared/adapters/s3/provider.ts';
import { graphChangesProvider } from '../../shared/adapters/sqs/provider.ts';
import { httpFunction } from '../../shared/runtime/http/http-function.ts';
import { handlers } from './handler.ts';
import { spec } from './spec.ts';

export const handler = httpFunction(spec, handlers, {
  memories: memoriesProvider,
  recallIndex: recallIndexProvider,
  answers: answersProvider,
  syncState: syncStateProvider,
  graph: graphProvider,
  hotCache: hotCacheProvider,
  graphChanges: graphChangesProvider,
  embedder: embedderProvider,
  entityExtractor: entityExtractorProvider,
  redactor: redactorProvider,
  memoryArchive: memoryArchiveProvider,
  archiveCatalogue: archiveCatalogueProvider,
  operations: operationsProvider,
  pageCursors: pageCursorsProvider,
  principals: principalsProvider,
  outbox: outboxProvider,
  eventBus: eventBusProvider,
  socketConnections: socketConnectionsProvider,
  rateLimits: rateLimitsProvider,
  tenantLimits: tenantLimitsProvider,
});
