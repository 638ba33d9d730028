import { staticEmbedder } from '../../shared/adapters/embeddings/static-embedder.ts';
import { rulesExtractor } from '../../shared/adapters/extraction/rules-extractor.ts';
import { postgresMemoryStore } from '../../shared/adapters/postgres/memory-store.ts';
import { postgresRecallIndex } from '../../shared/adapters/postgres/recall-index.ts';
import { postgresRecallStatistics } from '../../shared/adapters/postgres/recall-statistics.ts';
import { redactorProvider } from '../../shared/adapters/redaction/provider.ts';
import { storeBody } from '../../shared/contracts/memory/store.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { SearchDeps } from '../../shared/memory/recall/search-memories.ts';
import { deriveWrites } from '../../shared/memory/write/derive.ts';
import { draftFromItem } from '../../shared/memory/write/store-memory.ts';
import type { BenchStore } from './store.ts';
import type { SyntheticText } from './synthetic-memories.ts';

const ambient = { clock: systemClock, logger: silentLogger };
const redactor = redactorProvider.build(redactorProvider.config.parse({}), ambient);
const authors = ['Amara', 'Boris', 'Chiara', 'Dmitri'];
const turnsPerSession = 20;
const sessionsPerConversation = 10;
const batchSize = 500;
const dayMs = 86_400_000;

/** The production adapters of recall. The graph is empty: what a traversal takes is a property of the graph's host. */
export const searchDeps = ({ db }: BenchStore): SearchDeps => ({
  ...ambient,
  memories: postgresMemoryStore(db),
  recallIndex: postgresRecallIndex(db),
  embedder: staticEmbedder(),
  entityExtractor: rulesExtractor(),
  graph: { related: async () => [], recallByEntities: async () => [] },
});

/** Turns of conversations between two of the authors, 20 a session, a session a day. */
function turn(index: number, content: string) {
  const session = Math.floor(index / turnsPerSession);
  const conversation = Math.floor(session / sessionsPerConversation);
  const happened = Date.UTC(2025, 0, 1) + session * dayMs + (index % turnsPerSession) * 60_000;
  return storeBody.parse({
    agentId: authors[(conversation + (index % 2)) % authors.length],
    conversationId: `conversation-${conversation}`,
    sessionId: `session-${session}`,
    memoryType: 'episodic',
    content,
    occurredAt: new Date(happened).toISOString(),
    extractEntities: false,
  });
}

export interface FilledTenant {
  tenantId: string;
  /** Frequencies are kept for it, because it is too large to count them at every search. */
  counted: boolean;
  /** Texts of some of its memories, to ask about. */
  examples: string[];
}

/** Fills a tenant of its own with that many memories, the way agents would. */
export async function fillTenant(
  store: BenchStore,
  deps: SearchDeps,
  size: number,
  text: SyntheticText,
): Promise<FilledTenant> {
  const tenantId = `${store.tenantId}-${size}`;
  const contents = Array.from({ length: size }, () => text.memory());
  for (let from = 0; from < size; from += batchSize) {
    const drafts = contents
      .slice(from, from + batchSize)
      .map((content, n) => draftFromItem(tenantId, turn(from + n, content), { redactor, clock: deps.clock }));
    const { writes } = await deriveWrites(drafts, deps);
    const { outcomes } = await deps.memories.write({ tenantId, actor: 'bench', writes });
    if (!outcomes.every((outcome) => outcome.ok)) throw new Error('a memory was not stored');
  }
  const statistics = postgresRecallStatistics(store.db);
  const counted = (await statistics.stale(100)).includes(tenantId);
  if (counted) await statistics.refresh(tenantId);
  const step = Math.floor(size / 100);
  return { tenantId, counted, examples: contents.filter((_, index) => index % step === 0) };
}
