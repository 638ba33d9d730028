import { inMemoryMemoryStore } from '../../../shared/adapters/in-memory/memory-store.ts';
import { inMemoryRecallIndex } from '../../../shared/adapters/in-memory/recall-index.ts';
import { inMemoryState } from '../../../shared/adapters/in-memory/store/state.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import type { MemoryState } from '../../../shared/memory/model.ts';
import type { Embedder, EntityExtractor } from '../../../shared/memory/ports.ts';
import type { MemoryGraph } from '../../../shared/memory/recall/ports.ts';
import { writeOf } from '../../support/recall-writes.ts';
import { settableClock } from '../../support/settable-clock.ts';

export const tenantId = 'tenant';

/** Two dimensions: how much a text is about animals, and how much about the speaker. */
export const animalEmbedder: Embedder = {
  space: 'static-animals-2',
  dimension: 2,
  embed: async (texts) =>
    texts.map((text) => {
      const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
      const vector = [count(/\b(cat|kitten|dog|puppy)s?\b/gi), count(/\b(i|my)\b/gi)];
      return vector.some((value) => value > 0) ? vector : null;
    }),
};

const noEntities: EntityExtractor = { name: 'none', extract: async (texts) => texts.map(() => []) };
const emptyGraph: MemoryGraph = { related: async () => [], recallByEntities: async () => [] };

/** Everything that recall needs, in this process, with a store to fill. */
export function recallFakes() {
  const clock = settableClock('2026-03-01T00:00:00.000Z');
  const state = inMemoryState(clock);
  const deps = {
    clock,
    logger: silentLogger,
    memories: inMemoryMemoryStore(state),
    recallIndex: inMemoryRecallIndex(state),
    embedder: animalEmbedder,
    entityExtractor: noEntities,
    graph: emptyGraph,
  };
  return {
    deps,
    /** Stores a memory with the vector of its text; answers its id. */
    async remember(content: string, fields: Partial<MemoryState> = {}, caller?: number[]): Promise<string> {
      const [own = null] = await animalEmbedder.embed([content]);
      const write = writeOf({ content, occurredAt: '2026-02-28T00:00:00.000Z', ...fields }, { own });
      const embedding = { space: animalEmbedder.space, values: own, pending: false };
      await deps.memories.write({
        tenantId,
        actor: 'test',
        writes: [{ ...write, embedding, ...(caller && { callerEmbedding: caller }) }],
      });
      return write.state.id;
    },
  };
}
