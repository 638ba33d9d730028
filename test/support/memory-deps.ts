import { inMemoryAnswerStore } from '../../shared/adapters/in-memory/answer-store.ts';
import { type InMemoryArchive, inMemoryArchive } from '../../shared/adapters/in-memory/archive.ts';
import { inMemoryArchiveCatalogue } from '../../shared/adapters/in-memory/archive-catalogue.ts';
import { inMemoryMemoryCache } from '../../shared/adapters/in-memory/cache.ts';
import { type InMemoryGraph, inMemoryGraph } from '../../shared/adapters/in-memory/graph.ts';
import { inMemoryMemoryStore } from '../../shared/adapters/in-memory/memory-store.ts';
import { inMemoryOperations } from '../../shared/adapters/in-memory/operations.ts';
import { inMemoryOutbox } from '../../shared/adapters/in-memory/outbox.ts';
import { type InMemoryGraphChanges, inMemoryGraphChanges } from '../../shared/adapters/in-memory/queue.ts';
import { type InMemoryState, inMemoryState } from '../../shared/adapters/in-memory/store/state.ts';
import { inMemorySyncState } from '../../shared/adapters/in-memory/sync-state.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { coldMemories } from '../../shared/lifecycle/cold-memories.ts';
import type { ArchiveCatalogue, Operations } from '../../shared/lifecycle/ports.ts';
import type { MemoryCache } from '../../shared/memory/ports.ts';
import { redactionConfig, redactorFromConfig } from '../../shared/memory/redaction/config.ts';
import type { ChangeDeps } from '../../shared/memory/write/change-memory.ts';
import { inlineProjector } from '../../shared/replication/inline-projector.ts';
import type { Outbox, SyncState } from '../../shared/replication/ports.ts';
import { settableClock } from './settable-clock.ts';

/** Which parts are away; tests switch them in the middle of things. */
export interface Faults {
  graph: boolean;
  embedder: boolean;
  extractor: boolean;
  cache: boolean;
}

export interface MemoryDeps extends ChangeDeps {
  clock: ReturnType<typeof settableClock>;
  faults: Faults;
  state: InMemoryState;
  syncState: SyncState;
  outbox: Outbox;
  graph: InMemoryGraph;
  graphChanges: InMemoryGraphChanges;
  archive: InMemoryArchive;
  archiveCatalogue: ArchiveCatalogue;
  operations: Operations;
  /** Every text that the embedder and the extractor were given. */
  seenTexts: string[];
}

const away = (code: 'graph_unavailable' | 'embedding_unavailable' | 'extraction_unavailable') =>
  new AppError(code, 'It is away.', { retryable: true });

/** As the port has it: a cache that is down misses, and forgets what it is told. */
const failingCache = (cache: MemoryCache, faults: Faults): MemoryCache => ({
  get: async (...args) => (faults.cache ? undefined : cache.get(...args)),
  put: async (...args) => (faults.cache ? undefined : cache.put(...args)),
  remove: async (...args) => (faults.cache ? false : cache.remove(...args)),
});

/** What the write use cases stand on, in this process's memory. `#tags` in a text are its entities. */
export function memoryDeps({
  start = '2026-03-01T12:00:00.000Z',
  policy = {},
}: {
  start?: string;
  policy?: Record<string, string>;
} = {}): MemoryDeps {
  const clock = settableClock(start);
  const faults: Faults = { graph: false, embedder: false, extractor: false, cache: false };
  const state = inMemoryState(clock);
  const syncState = inMemorySyncState(state);
  const graph = inMemoryGraph();
  const graphChanges = inMemoryGraphChanges();
  const seenTexts: string[] = [];
  const archive = inMemoryArchive();
  const archiveCatalogue = inMemoryArchiveCatalogue(state);
  const operations = inMemoryOperations(state);
  const guarded = {
    ...graph,
    apply: async (...args: Parameters<InMemoryGraph['apply']>) => {
      if (faults.graph) throw away('graph_unavailable');
      return graph.apply(...args);
    },
  };

  return {
    clock,
    faults,
    state,
    syncState,
    outbox: inMemoryOutbox(state),
    graph,
    graphChanges,
    archive,
    archiveCatalogue,
    operations,
    coldMemories: coldMemories({
      archiveCatalogue,
      memoryArchive: archive,
      operations,
      logger: silentLogger,
    }),
    seenTexts,
    memories: inMemoryMemoryStore(state),
    answers: inMemoryAnswerStore(state),
    projector: inlineProjector(
      { syncState, graph: guarded, graphChanges, logger: silentLogger },
      { budgetMs: 5_000, failures: 1_000 },
    ),
    hotCache: failingCache(inMemoryMemoryCache({ clock }), faults),
    embedder: {
      space: 'test-2',
      dimension: 2,
      async embed(texts) {
        if (faults.embedder) throw away('embedding_unavailable');
        seenTexts.push(...texts);
        return texts.map((text) => [text.length, 1]);
      },
    },
    entityExtractor: {
      name: 'tags',
      async extract(texts) {
        if (faults.extractor) throw away('extraction_unavailable');
        seenTexts.push(...texts);
        return texts.map((text) =>
          [...text.matchAll(/#(\w+)/g)].map(([, tag = '']) => ({
            type: 'hashtag' as const,
            value: tag,
            normalized: tag.toLowerCase(),
            confidence: 0.8,
            source: 'tags',
          })),
        );
      },
    },
    redactor: redactorFromConfig(redactionConfig.parse({ REDACTION_POLICY: JSON.stringify(policy) })),
    logger: silentLogger,
  };
}

export const writer = { tenantId: 'acme', actor: 'tester' };
