import type * as z from 'zod';
import type { ApiKey } from './api-key.ts';
import {
  providerUnreachable,
  type RemoteErrorCode,
  refusedByProvider,
  retryAfterSeconds,
  unusableAnswer,
} from './provider-error.ts';

/**
 * An OpenAI-compatible server: OpenAI (`https://api.openai.com/v1`), Azure OpenAI
 * (`https://NAME.openai.azure.com/openai/v1`, or `…/openai/deployments/NAME` with an `apiVersion`), Ollama
 * (`http://HOST:11434/v1`), vLLM and others.
 */
export interface OpenAiEndpoint {
  baseUrl: string;
  apiKey: ApiKey;
  /** `bearer`: `Authorization: Bearer KEY`. `api-key`: Azure's header of that name. */
  authorization: 'bearer' | 'api-key';
  /** Azure's `api-version` query parameter. */
  apiVersion?: string | undefined;
}

/**
 * POSTs JSON and validates the answer.
 * @throws AppError: retryable for network failures, 408, 425, 429, 5xx and an answer that is cut off; not
 * retryable for other statuses and for an answer of another shape. Neither key nor body enters the error.
 */
export async function postToOpenAi<T>(
  endpoint: OpenAiEndpoint,
  path: string,
  body: unknown,
  answer: z.ZodType<T>,
  code: RemoteErrorCode,
  signal: AbortSignal,
): Promise<T> {
  let response = await send(endpoint, path, body, code, signal);
  if (response.status === 401 && endpoint.apiKey.renew()) {
    await response.body?.cancel();
    response = await send(endpoint, path, body, code, signal);
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw refusedByProvider(code, response.status, retryAfterSeconds(response.headers.get('retry-after')));
  }
  const text = await response.text().catch((cause: unknown) => {
    throw providerUnreachable(code, cause);
  });
  const parsed = answer.safeParse(parseJson(text, code));
  if (!parsed.success) throw unusableAnswer(code, 'not the documented shape');
  return parsed.data;
}

async function send(
  endpoint: OpenAiEndpoint,
  path: string,
  body: unknown,
  code: RemoteErrorCode,
  signal: AbortSignal,
): Promise<Response> {
  const url = new URL(`${endpoint.baseUrl.replace(/\/+$/, '')}${path}`);
  if (endpoint.apiVersion !== undefined) url.searchParams.set('api-version', endpoint.apiVersion);
  const key = await endpoint.apiKey.current().catch((cause: unknown) => {
    throw providerUnreachable(code, cause);
  });
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorize(endpoint.authorization, key) },
      body: JSON.stringify(body),
      // a redirect would carry the key and the text to another host
      redirect: 'error',
      signal,
    });
  } catch (cause) {
    throw providerUnreachable(code, cause);
  }
}

function authorize(scheme: OpenAiEndpoint['authorization'], key: string | undefined): Record<string, string> {
  if (key === undefined) return {};
  return scheme === 'api-key' ? { 'api-key': key } : { authorization: `Bearer ${key}` };
}

function parseJson(text: string, code: RemoteErrorCode): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // proxies cut answers off under load, so another try may bring the rest
    throw providerUnreachable(code, cause);
  }
}
