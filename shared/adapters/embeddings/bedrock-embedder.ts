import * as z from 'zod';
import type { Logger } from '../../kernel/logger.ts';
import type { Embedder } from '../../memory/ports.ts';
import { type BedrockConnection, bedrockClient, fromBedrock } from '../remote/bedrock.ts';
import { providerUnreachable, unusableAnswer } from '../remote/provider-error.ts';
import { type RemoteCallOptions, remoteCalls } from '../remote/remote-calls.ts';
import { embedNonEmpty, spaceName, usableVector } from './vectors.ts';

const code = 'embedding_unavailable';

export interface BedrockEmbedderOptions {
  connection?: BedrockConnection;
  /** Amazon Titan Text Embeddings V2, or an inference profile of it. */
  model: string;
  /** Titan V2 makes vectors of 256, 512 or 1024. */
  dimension: number;
  /** A text's characters beyond these are not embedded; Titan takes 50,000 characters or 8,192 tokens. */
  maxCharacters?: number;
  calls?: Partial<RemoteCallOptions>;
}

const titanAnswer = z.object({ embedding: z.array(z.number()) });

/**
 * Embeddings of Titan V2 over InvokeModel. It takes one text a request, so a few go at once.
 * Errors: AppError `embedding_unavailable`; retryable for throttling, 5xx and network failures.
 */
export function bedrockEmbedder(options: BedrockEmbedderOptions, logger: Logger): Embedder {
  const { model, dimension } = options;
  const calls = remoteCalls(code, { ...options.calls, logger });
  const bedrock = bedrockClient(options.connection ?? {});

  async function embedOne(inputText: string, abortSignal: AbortSignal): Promise<number[]> {
    const { sdk, client } = await bedrock();
    const command = new sdk.InvokeModelCommand({
      modelId: model,
      contentType: 'application/json',
      accept: 'application/json',
      body: JSON.stringify({ inputText, dimensions: dimension, normalize: true }),
    });
    const { body } = await fromBedrock(code, () => client.send(command, { abortSignal }));
    const parsed = titanAnswer.safeParse(parseJson(body.transformToString()));
    if (!parsed.success) throw unusableAnswer(code, 'not the documented shape');
    return usableVector(parsed.data.embedding, dimension);
  }

  return {
    space: spaceName('bedrock', model, dimension),
    dimension,
    embed: (texts) =>
      embedNonEmpty(texts, options.maxCharacters ?? 20_000, (contents) => calls.all(contents, embedOne)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw providerUnreachable(code, cause);
  }
}
