import type * as z from 'zod';
import type { messageSearchAnswer, messageSearchQuery } from '../../contracts/memory/recall.ts';
import { loadRanked } from '../read/load-ranked.ts';
import { bareText } from '../write/texts.ts';
import { recall } from './recall.ts';
import type { SearchDeps } from './search-memories.ts';
import { blends } from './weights.ts';

const defaultTopK = 5;

/**
 * The message layer's search: score = 60 % similarity + 30 % importance + 10 % decay, each 0 to 1 and answered.
 * Similarity is the fused relevance of recall, decay halves every 30 days. `tenant_id` has been checked by then.
 */
export async function searchMessages(
  tenantId: string,
  { query, top_k = defaultTopK, conversation_id }: z.output<typeof messageSearchQuery>,
  deps: SearchDeps,
): Promise<z.output<typeof messageSearchAnswer>> {
  const scope = conversation_id === undefined ? {} : { conversationId: conversation_id };
  const { ranked } = await recall(tenantId, { scope, query, blend: blends.messages, limit: top_k }, deps);
  const best = await loadRanked(tenantId, ranked.slice(0, top_k), (hit) => hit.candidate.id, deps.memories);
  return {
    results: best.map(({ item, memory }) => ({
      id: memory.id,
      ...(memory.conversationId !== undefined && { conversation_id: memory.conversationId }),
      ...(memory.role !== undefined && { role: memory.role }),
      content: bareText(memory.content),
      score: item.score,
      similarity: item.relevance,
      importance: memory.importance,
      decay: item.recency,
      created_at: memory.createdAt,
    })),
  };
}
