import { hasCode } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import { firstPersonQuery } from '../first-person.ts';
import type { Embedder } from '../ports.ts';
import type { Warning } from '../warning.ts';
import type { Vector } from './ports.ts';

/** The query as a vector of the service's space, in the first person; none when the embedder is away. */
export async function queryVector(
  query: string,
  names: readonly string[],
  { embedder, logger }: { embedder: Embedder; logger: Logger },
): Promise<{ vector?: Vector; warning?: Warning }> {
  try {
    const [values] = await embedder.embed([firstPersonQuery(query, names)]);
    return values ? { vector: { space: embedder.space, values } } : {};
  } catch (error) {
    if (!hasCode(error, 'embedding_unavailable')) throw error;
    logger.warn('recall went on without the vector of the query', { error });
    return {
      warning: {
        code: 'embedding_unavailable',
        detail: 'The embedding provider is away; memories were found by their words alone.',
      },
    };
  }
}
