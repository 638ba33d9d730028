import * as z from 'zod';
import { loadOnce } from '../../kernel/load-once.ts';
import type { Embedder } from '../../memory/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { openAiEndpoint, openAiSettings, remoteTimeSettings, remoteTimes } from '../remote/config.ts';
import { staticEmbedder } from './static-embedder.ts';
import { spaceName } from './vectors.ts';

const config = z.object({
  EMBEDDER: z.enum(['static', 'openai', 'bedrock']).default('static'),
  /** Folder of the shipped table; found beside or above the code when absent. */
  STATIC_MODEL_DIR: z.string().min(1).optional(),
  ...openAiSettings,
  ...remoteTimeSettings,
  OPENAI_EMBEDDING_MODEL: z.string().min(1).default('text-embedding-3-small'),
  OPENAI_EMBEDDING_DIMENSION: z.coerce.number().int().min(1).max(4_000).default(1_536),
  OPENAI_REQUEST_DIMENSION: z.stringbool().default(false),
  BEDROCK_EMBEDDING_MODEL: z.string().min(1).default('amazon.titan-embed-text-v2:0'),
  BEDROCK_EMBEDDING_DIMENSION: z.enum(['256', '512', '1024']).default('1024').transform(Number),
});

/** The embedder that `EMBEDDER` names. Remote ones are loaded with the first text, to keep cold starts short. */
export const embedderProvider: Provider<Embedder, typeof config> = {
  config,
  build(settings, { logger }) {
    const calls = remoteTimes(settings);
    switch (settings.EMBEDDER) {
      case 'static':
        return staticEmbedder({ directory: settings.STATIC_MODEL_DIR });
      case 'openai': {
        const { OPENAI_EMBEDDING_MODEL: model, OPENAI_EMBEDDING_DIMENSION: dimension } = settings;
        return lazyEmbedder('openai', model, dimension, async () => {
          const { openAiEmbedder } = await import('./openai-embedder.ts');
          const requestDimension = settings.OPENAI_REQUEST_DIMENSION;
          const endpoint = openAiEndpoint(settings);
          return openAiEmbedder({ endpoint, model, dimension, requestDimension, calls }, logger);
        });
      }
      case 'bedrock': {
        const { BEDROCK_EMBEDDING_MODEL: model, BEDROCK_EMBEDDING_DIMENSION: dimension } = settings;
        return lazyEmbedder('bedrock', model, dimension, async () => {
          const { bedrockEmbedder } = await import('./bedrock-embedder.ts');
          return bedrockEmbedder({ model, dimension, calls }, logger);
        });
      }
    }
  },
};

/** Knows its space before its code is loaded. */
function lazyEmbedder(
  technology: string,
  model: string,
  dimension: number,
  load: () => Promise<Embedder>,
): Embedder {
  const loaded = loadOnce(load);
  return {
    space: spaceName(technology, model, dimension),
    dimension,
    embed: async (texts) => (await loaded()).embed(texts),
  };
}
