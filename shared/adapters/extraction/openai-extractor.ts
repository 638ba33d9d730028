import * as z from 'zod';
import type { Logger } from '../../kernel/logger.ts';
import type { EntityExtractor } from '../../memory/ports.ts';
import { type OpenAiEndpoint, postToOpenAi } from '../remote/openai-endpoint.ts';
import { unusableAnswer } from '../remote/provider-error.ts';
import { type RemoteCallOptions, remoteCalls } from '../remote/remote-calls.ts';
import { extractNonEmpty } from './extract-non-empty.ts';
import {
  answerName,
  answerSchema,
  entitiesOf,
  framed,
  instructions,
  readCharacters,
} from './model-answer.ts';

const code = 'extraction_unavailable';

export interface OpenAiExtractorOptions {
  endpoint: OpenAiEndpoint;
  /** A chat model that knows structured output (`response_format` of type `json_schema`). */
  model: string;
  calls?: Partial<RemoteCallOptions>;
}

const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullable() }) })).min(1),
});

/**
 * Entities by a chat model over `POST {baseUrl}/chat/completions`, one request per text.
 * Errors: AppError `extraction_unavailable`; see `postToOpenAi` for which are retryable.
 */
export function openAiExtractor(
  { endpoint, model, calls: limits }: OpenAiExtractorOptions,
  logger: Logger,
): EntityExtractor {
  const name = `openai:${model}`;
  const calls = remoteCalls(code, { ...limits, logger });

  async function extractOne(text: string, signal: AbortSignal) {
    const read = text.slice(0, readCharacters);
    const body = {
      model,
      messages: [
        { role: 'system', content: instructions },
        { role: 'user', content: framed(read) },
      ],
      response_format: {
        type: 'json_schema',
        json_schema: { name: answerName, strict: true, schema: answerSchema },
      },
    };
    const { choices } = await postToOpenAi(endpoint, '/chat/completions', body, completion, code, signal);
    return entitiesOf(parseContent(choices[0]?.message.content), read, name);
  }

  return { name, extract: (texts) => extractNonEmpty(texts, (contents) => calls.all(contents, extractOne)) };
}

/** Null when the model refused. */
function parseContent(content: string | null | undefined): unknown {
  try {
    return JSON.parse(content ?? '');
  } catch (cause) {
    throw unusableAnswer(code, 'the message is no JSON', cause);
  }
}
