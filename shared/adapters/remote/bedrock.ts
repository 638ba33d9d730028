import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { isAppError } from '../../kernel/app-error.ts';
import { loadOnce } from '../../kernel/load-once.ts';
import {
  providerUnreachable,
  type RemoteErrorCode,
  refusedByProvider,
  retryAfterSeconds,
} from './provider-error.ts';

type Sdk = typeof import('@aws-sdk/client-bedrock-runtime');

/** Region, endpoint and credentials come from the environment where they are not given. */
export type BedrockConnection = Pick<BedrockRuntimeClientConfig, 'region' | 'endpoint' | 'credentials'>;

/** The SDK and a client of it, loaded with the first request: together they are larger than all other code. */
export function bedrockClient(
  connection: BedrockConnection,
): () => Promise<{ sdk: Sdk; client: BedrockRuntimeClient }> {
  return loadOnce(async () => {
    const sdk = await import('@aws-sdk/client-bedrock-runtime');
    // attempts are counted in one place, `remoteCalls`; the SDK's own would multiply them
    return { sdk, client: new sdk.BedrockRuntimeClient({ ...connection, maxAttempts: 1 }) };
  });
}

/** Translates what the SDK throws; to be used around each `send`. */
export async function fromBedrock<T>(code: RemoteErrorCode, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (isAppError(error)) throw error;
    const { status, retryAfter } = answered(error);
    throw status !== undefined && status >= 400
      ? refusedByProvider(code, status, retryAfterSeconds(retryAfter))
      : providerUnreachable(code, error);
  }
}

/** Status and `Retry-After` of the answer behind an SDK error; both absent when there was none. */
function answered(error: unknown): { status?: number | undefined; retryAfter?: string | undefined } {
  if (!(error instanceof Error)) return {};
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
  };
  return { status: $metadata?.httpStatusCode, retryAfter: $response?.headers?.['retry-after'] };
}
