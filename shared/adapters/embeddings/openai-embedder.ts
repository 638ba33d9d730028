import * as z from 'zod';
import type { Logger } from '../../kernel/logger.ts';
import type { Embedder } from '../../memory/ports.ts';
import { type OpenAiEndpoint, postToOpenAi } from '../remote/openai-endpoint.ts';
import { unusableAnswer } from '../remote/provider-error.ts';
import { type RemoteCallOptions, remoteCalls } from '../remote/remote-calls.ts';
import { embedNonEmpty, spaceName, usableVector } from './vectors.ts';

const code = 'embedding_unavailable';

/** Bounds of one request: OpenAI takes 2,048 texts and 300,000 tokens; smaller servers much less. */
const maxTexts = 96;
const maxBatchCharacters = 200_000;

export interface OpenAiEmbedderOptions {
  endpoint: OpenAiEndpoint;
  model: string;
  dimension: number;
  /** Sends `dimensions`, for models that can shorten their vectors; others refuse the field. */
  requestDimension?: boolean;
  /** A text's characters beyond these are not embedded; 20,000 are within 8,191 tokens of most languages. */
  maxCharacters?: number;
  calls?: Partial<RemoteCallOptions>;
}

const embeddingsAnswer = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
});

/**
 * Embeddings over `POST {baseUrl}/embeddings`, as OpenAI, Azure OpenAI, Ollama and vLLM offer it.
 * Errors: AppError `embedding_unavailable`; see `postToOpenAi` for which are retryable.
 */
export function openAiEmbedder(options: OpenAiEmbedderOptions, logger: Logger): Embedder {
  const { endpoint, model, dimension } = options;
  const calls = remoteCalls(code, { ...options.calls, logger });

  async function embedBatch(input: string[], signal: AbortSignal): Promise<number[][]> {
    const body = {
      model,
      input,
      encoding_format: 'float',
      ...(options.requestDimension ? { dimensions: dimension } : {}),
    };
    const { data } = await postToOpenAi(endpoint, '/embeddings', body, embeddingsAnswer, code, signal);
    const vectors = new Map(data.map((item) => [item.index, item.embedding]));
    if (data.length !== input.length || vectors.size !== input.length) {
      throw unusableAnswer(code, `${data.length} vectors for ${input.length} texts`);
    }
    return input.map((_, index) => usableVector(vectors.get(index) ?? [], dimension));
  }

  return {
    space: spaceName('openai', model, dimension),
    dimension,
    embed: (texts) =>
      embedNonEmpty(texts, options.maxCharacters ?? 20_000, async (contents) =>
        (await calls.all(batches(contents), embedBatch)).flat(),
      ),
  };
}

function batches(texts: string[]): string[][] {
  const result: string[][] = [];
  let characters = 0;
  for (const text of texts) {
    const last = result.at(-1);
    if (last && last.length < maxTexts && characters + text.length <= maxBatchCharacters) {
      last.push(text);
      characters += text.length;
    } else {
      result.push([text]);
      characters = text.length;
    }
  }
  return result;
}
