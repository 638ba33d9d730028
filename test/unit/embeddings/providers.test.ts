import { describe, expect, it } from 'vitest';
import { embedderProvider } from '../../../shared/adapters/embeddings/provider.ts';
import { entityExtractorProvider } from '../../../shared/adapters/extraction/provider.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';

const ambient = { clock: systemClock, logger: silentLogger };
const embedder = (environment: Record<string, string>) =>
  embedderProvider.build(embedderProvider.config.parse(environment), ambient);
const extractor = (environment: Record<string, string>) =>
  entityExtractorProvider.build(entityExtractorProvider.config.parse(environment), ambient);

describe('embedderProvider', () => {
  it('needs no setting: the shipped table is the default', async () => {
    expect(embedder({}).space).toBe('static-minilm-128');
    expect((await embedder({}).embed(['hello']))[0]).toHaveLength(128);
  });

  it.each([
    [{ EMBEDDER: 'openai' }, 'openai:text-embedding-3-small:1536', 1536],
    [
      { EMBEDDER: 'openai', OPENAI_EMBEDDING_MODEL: 'nomic-embed-text', OPENAI_EMBEDDING_DIMENSION: '768' },
      'openai:nomic-embed-text:768',
      768,
    ],
    [{ EMBEDDER: 'bedrock' }, 'bedrock:amazon.titan-embed-text-v2:0:1024', 1024],
    [
      { EMBEDDER: 'bedrock', BEDROCK_EMBEDDING_DIMENSION: '256' },
      'bedrock:amazon.titan-embed-text-v2:0:256',
      256,
    ],
  ])('knows the space of %j before anything is loaded', (environment, space, dimension) => {
    expect(embedder(environment)).toMatchObject({ space, dimension });
  });

  it.each([
    { EMBEDDER: 'word2vec' },
    { OPENAI_BASE_URL: 'file:///etc/passwd' },
    { OPENAI_EMBEDDING_DIMENSION: '4001' },
    { BEDROCK_EMBEDDING_DIMENSION: '300' },
    { MODEL_ATTEMPT_TIMEOUT_MS: 'soon' },
  ])('refuses %j', (environment) => {
    expect(embedderProvider.config.safeParse(environment).success).toBe(false);
  });
});

describe('entityExtractorProvider', () => {
  it.each([
    [{}, 'rules'],
    [{ ENTITY_EXTRACTOR: 'none' }, 'none'],
    [{ ENTITY_EXTRACTOR: 'openai' }, 'openai:gpt-4o-mini'],
    [{ ENTITY_EXTRACTOR: 'bedrock' }, 'bedrock:amazon.nova-lite-v1:0'],
  ])('builds %j as %s', (environment, name) => {
    expect(extractor(environment).name).toBe(name);
  });

  it('finds nothing when it is switched off', async () => {
    expect(await extractor({ ENTITY_EXTRACTOR: 'none' }).extract(['Jane in Rome', ''])).toEqual([[], []]);
  });
});
