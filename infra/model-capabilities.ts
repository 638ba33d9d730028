import { type Provision, read, type Statement } from './provision.ts';
import type { Resources } from './resources.ts';

export function embedder(resources: Resources): Provision {
  const { embedder: chosen } = resources.models;
  const environment = { EMBEDDER: chosen.kind };
  switch (chosen.kind) {
    case 'static':
      return { environment, grants: [] };
    case 'bedrock':
      return {
        environment: {
          ...environment,
          BEDROCK_EMBEDDING_MODEL: chosen.model,
          BEDROCK_EMBEDDING_DIMENSION: String(chosen.dimension),
        },
        grants: invoke(resources.modelNamed(chosen.model)),
      };
    case 'openai': {
      const server = openAi(resources);
      return {
        environment: {
          ...environment,
          ...server.environment,
          OPENAI_EMBEDDING_MODEL: chosen.model,
          OPENAI_EMBEDDING_DIMENSION: String(chosen.dimension),
        },
        grants: server.grants,
      };
    }
  }
}

export function entityExtractor(resources: Resources): Provision {
  const { extractor: chosen } = resources.models;
  const environment = { ENTITY_EXTRACTOR: chosen.kind };
  switch (chosen.kind) {
    case 'rules':
    case 'none':
      return { environment, grants: [] };
    case 'bedrock':
      return {
        environment: { ...environment, BEDROCK_EXTRACTION_MODEL: chosen.model },
        grants: invoke(resources.modelNamed(chosen.model)),
      };
    case 'openai': {
      const server = openAi(resources);
      return {
        environment: { ...environment, ...server.environment, OPENAI_EXTRACTION_MODEL: chosen.model },
        grants: server.grants,
      };
    }
  }
}

function openAi({ models: { openAi: server }, secretNamed }: Resources): Provision {
  if (!server) throw new Error('The settings name a model of OpenAI and no server.');
  const secret = secretNamed(server.secretName);
  return {
    environment: { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY_SECRET_ARN: secret.arn },
    grants: read(secret),
  };
}

const invoke = (modelArn: string): Statement[] => [
  { actions: ['bedrock:InvokeModel'], resources: [modelArn] },
];
