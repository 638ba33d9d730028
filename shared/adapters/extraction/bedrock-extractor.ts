import type { Tool } from '@aws-sdk/client-bedrock-runtime';
import type { Logger } from '../../kernel/logger.ts';
import type { EntityExtractor } from '../../memory/ports.ts';
import { type BedrockConnection, bedrockClient, fromBedrock } from '../remote/bedrock.ts';
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

export interface BedrockExtractorOptions {
  connection?: BedrockConnection;
  /** A model or inference profile that knows tool use over Converse. */
  model: string;
  calls?: Partial<RemoteCallOptions>;
}

const tool = {
  toolSpec: {
    name: answerName,
    description: 'Takes the entities that were found.',
    inputSchema: { json: answerSchema },
  },
} as Tool;

/**
 * Entities by a model of Bedrock over Converse, one request per text. The model must call a tool whose input is
 * the answer, the only form of structured output that all models there know.
 * Errors: AppError `extraction_unavailable`; retryable for throttling, 5xx and network failures.
 */
export function bedrockExtractor(options: BedrockExtractorOptions, logger: Logger): EntityExtractor {
  const { model } = options;
  const name = `bedrock:${model}`;
  const calls = remoteCalls(code, { ...options.calls, logger });
  const bedrock = bedrockClient(options.connection ?? {});

  async function extractOne(text: string, abortSignal: AbortSignal) {
    const { sdk, client } = await bedrock();
    const read = text.slice(0, readCharacters);
    const command = new sdk.ConverseCommand({
      modelId: model,
      system: [{ text: instructions }],
      messages: [{ role: 'user', content: [{ text: framed(read) }] }],
      inferenceConfig: { temperature: 0, maxTokens: 4_096 },
      toolConfig: { tools: [tool], toolChoice: { tool: { name: answerName } } },
    });
    const { output } = await fromBedrock(code, () => client.send(command, { abortSignal }));
    const used = output?.message?.content?.find((block) => block.toolUse?.name === answerName);
    return entitiesOf(used?.toolUse?.input, read, name);
  }

  return { name, extract: (texts) => extractNonEmpty(texts, (contents) => calls.all(contents, extractOne)) };
}
