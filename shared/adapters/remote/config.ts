import * as z from 'zod';
import { type ApiKey, fixedApiKey, secretApiKey } from './api-key.ts';
import type { OpenAiEndpoint } from './openai-endpoint.ts';

/** Where the OpenAI-compatible server is; shared by the embedder and the extractor. */
export const openAiSettings = {
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).default('https://api.openai.com/v1'),
  OPENAI_API_KEY: z.string().min(1).optional(),
  /** ARN of a Secrets Manager secret with the key; wins over `OPENAI_API_KEY`. */
  OPENAI_API_KEY_SECRET_ARN: z.string().min(1).optional(),
  OPENAI_AUTHORIZATION: z.enum(['bearer', 'api-key']).default('bearer'),
  OPENAI_API_VERSION: z.string().min(1).optional(),
};

/** Milliseconds for one request and for a whole call with its retries. */
export const remoteTimeSettings = {
  MODEL_ATTEMPT_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  MODEL_TOTAL_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(12_000),
};

const settings = z.object({ ...openAiSettings, ...remoteTimeSettings });
type Settings = z.output<typeof settings>;

export const openAiEndpoint = (config: Omit<Settings, keyof typeof remoteTimeSettings>): OpenAiEndpoint => ({
  baseUrl: config.OPENAI_BASE_URL,
  apiKey: apiKeyOf(config),
  authorization: config.OPENAI_AUTHORIZATION,
  apiVersion: config.OPENAI_API_VERSION,
});

const apiKeyOf = (config: Pick<Settings, 'OPENAI_API_KEY' | 'OPENAI_API_KEY_SECRET_ARN'>): ApiKey =>
  config.OPENAI_API_KEY_SECRET_ARN === undefined
    ? fixedApiKey(config.OPENAI_API_KEY)
    : secretApiKey(config.OPENAI_API_KEY_SECRET_ARN);

export const remoteTimes = (config: Pick<Settings, keyof typeof remoteTimeSettings>) => ({
  attemptTimeoutMs: config.MODEL_ATTEMPT_TIMEOUT_MS,
  totalTimeoutMs: config.MODEL_TOTAL_TIMEOUT_MS,
});
