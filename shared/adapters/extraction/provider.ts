import * as z from 'zod';
import { loadOnce } from '../../kernel/load-once.ts';
import type { EntityExtractor } from '../../memory/ports.ts';
import type { Provider } from '../../runtime/deps.ts';
import { openAiEndpoint, openAiSettings, remoteTimeSettings, remoteTimes } from '../remote/config.ts';
import { rulesExtractor } from './rules-extractor.ts';

const config = z.object({
  ENTITY_EXTRACTOR: z.enum(['rules', 'openai', 'bedrock', 'none']).default('rules'),
  ...openAiSettings,
  ...remoteTimeSettings,
  OPENAI_EXTRACTION_MODEL: z.string().min(1).default('gpt-4o-mini'),
  BEDROCK_EXTRACTION_MODEL: z.string().min(1).default('amazon.nova-lite-v1:0'),
});

/** The extractor that `ENTITY_EXTRACTOR` names. No language model is needed: the default works by rules. */
export const entityExtractorProvider: Provider<EntityExtractor, typeof config> = {
  config,
  build(settings, { logger }) {
    const calls = remoteTimes(settings);
    switch (settings.ENTITY_EXTRACTOR) {
      case 'rules':
        return rulesExtractor();
      case 'none':
        return { name: 'none', extract: async (texts) => texts.map(() => []) };
      case 'openai': {
        const model = settings.OPENAI_EXTRACTION_MODEL;
        return lazyExtractor(`openai:${model}`, async () => {
          const { openAiExtractor } = await import('./openai-extractor.ts');
          return openAiExtractor({ endpoint: openAiEndpoint(settings), model, calls }, logger);
        });
      }
      case 'bedrock': {
        const model = settings.BEDROCK_EXTRACTION_MODEL;
        return lazyExtractor(`bedrock:${model}`, async () => {
          const { bedrockExtractor } = await import('./bedrock-extractor.ts');
          return bedrockExtractor({ model, calls }, logger);
        });
      }
    }
  },
};

function lazyExtractor(name: string, load: () => Promise<EntityExtractor>): EntityExtractor {
  const loaded = loadOnce(load);
  return { name, extract: async (texts) => (await loaded()).extract(texts) };
}
