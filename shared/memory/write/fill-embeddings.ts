import type { Embedder, MemoryStore } from '../ports.ts';
import { bareText } from './texts.ts';

/** Memories of one run: bounded, because a provider that has just come back should not be flooded. */
const perRun = 500;

/**
 * Gives vectors to the memories that were written while the embedder was away. A memory that changes meanwhile is
 * left to the write that changed it.
 *
 * @throws AppError `embedding_unavailable` while the embedder is still away; the memories stay pending.
 */
export async function fillEmbeddings({
  memories,
  embedder,
}: {
  memories: MemoryStore;
  embedder: Embedder;
}): Promise<{ pending: number; filled: number }> {
  const pending = await memories.unembedded(embedder.space, perRun);
  const byTenant = Map.groupBy(pending, (item) => item.tenantId);
  let filled = 0;
  for (const [tenantId, items] of byTenant) {
    const found = await memories.get(
      tenantId,
      items.map((item) => item.id),
      { uncounted: true },
    );
    const vectors = await embedder.embed(found.map((memory) => bareText(memory.content)));
    await memories.fillEmbeddings(
      tenantId,
      embedder.space,
      found.map(({ id, version }, index) => ({ id, version, embedding: vectors[index] ?? null })),
    );
    filled += found.length;
  }
  return { pending: pending.length, filled };
}
