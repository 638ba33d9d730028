import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bedrockEmbedder } from '../../shared/adapters/embeddings/bedrock-embedder.ts';
import {
  type OpenAiEmbedderOptions,
  openAiEmbedder,
} from '../../shared/adapters/embeddings/openai-embedder.ts';
import { type ApiKey, fixedApiKey } from '../../shared/adapters/remote/api-key.ts';
import type { RemoteCallOptions } from '../../shared/adapters/remote/remote-calls.ts';
import type { AppError } from '../../shared/kernel/app-error.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import type { Embedder } from '../../shared/memory/ports.ts';
import { type Json, type ModelServer, startModelServer, vectorOf } from '../support/model-server.ts';

const quick: Partial<RemoteCallOptions> = {
  attemptTimeoutMs: 4_000,
  totalTimeoutMs: 4_500,
  firstDelayMs: 1,
  maxDelayMs: 4,
  failuresToOpen: 100,
  openMs: 20,
};
const secret = 'sk-not-to-be-seen';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer(8);
});
afterEach(() => server.close());

const openAi = (more: Partial<OpenAiEmbedderOptions> = {}, apiKey: ApiKey = fixedApiKey(secret)) =>
  openAiEmbedder(
    {
      endpoint: { baseUrl: server.url, apiKey, authorization: 'bearer' },
      model: 'text-embedding-3-small',
      dimension: 8,
      ...more,
      calls: { ...quick, ...more.calls },
    },
    silentLogger,
  );

const bedrock = (calls: Partial<RemoteCallOptions> = {}) =>
  bedrockEmbedder(
    {
      connection: {
        endpoint: server.bedrockUrl,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'test', secretAccessKey: secret },
      },
      model: 'amazon.titan-embed-text-v2:0',
      dimension: 256,
      // loading the SDK falls into the first attempt
      calls: { ...quick, attemptTimeoutMs: 5_000, totalTimeoutMs: 10_000, ...calls },
    },
    silentLogger,
  );

const failure = (embedder: Embedder, texts = ['hello']): Promise<AppError> =>
  embedder.embed(texts).then(
    () => Promise.reject(new Error('expected a failure')),
    (error: AppError) => error,
  );

describe('openAiEmbedder', () => {
  it('posts the documented request and puts the vectors into the order of the texts', async () => {
    const embedder = openAi();
    expect(embedder.space).toBe('openai:text-embedding-3-small:8');
    const vectors = await embedder.embed(['one', '  ', 'two']);
    expect(vectors).toEqual([vectorOf('one', 8), null, vectorOf('two', 8)]);
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/embeddings');
    expect(request?.headers.authorization).toBe(`Bearer ${secret}`);
    expect(request?.body).toEqual({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
      encoding_format: 'float',
    });
  });

  it('asks Azure with api-key and api-version, and for the dimension where the model can shorten', async () => {
    const endpoint = {
      baseUrl: `${server.url}/`,
      apiKey: fixedApiKey(secret),
      authorization: 'api-key' as const,
      apiVersion: '2024-10-21',
    };
    const [vector] = await openAi({ endpoint, dimension: 4, requestDimension: true }).embed(['one']);
    expect(vector).toEqual(vectorOf('one', 4));
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/embeddings');
    expect(request?.query.get('api-version')).toBe('2024-10-21');
    expect(request?.headers['api-key']).toBe(secret);
    expect(request?.headers.authorization).toBeUndefined();
    expect(request?.body.dimensions).toBe(4);
  });

  it('sends no key where there is none, as to a local server', async () => {
    await openAi({}, fixedApiKey(undefined)).embed(['one']);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('sends 96 texts a request, fewer when they are long, and cuts each to its bound', async () => {
    const texts = Array.from({ length: 200 }, (_, i) => `text ${i}`);
    expect(await openAi().embed(texts)).toEqual(texts.map((text) => vectorOf(text, 8)));
    expect(server.requests.map(({ body }) => body.input.length).sort()).toEqual([8, 96, 96]);
    server.requests.length = 0;
    await openAi().embed(Array.from({ length: 11 }, () => 'x'.repeat(30_000)));
    expect(server.requests.map(({ body }) => body.input.length).sort()).toEqual([1, 10]);
    expect(server.requests[0]?.body.input[0]).toHaveLength(20_000);
  });

  it.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '0' } }],
    ['500', { status: 500 }],
    ['a connection reset', 'reset'],
    ['an answer that is cut off', 'truncated'],
  ] as const)('tries again after %s', async (_, fault) => {
    server.failNext(fault);
    expect(await openAi().embed(['one'])).toEqual([vectorOf('one', 8)]);
    expect(server.requests).toHaveLength(2);
  });

  it('tries again after an answer that never comes', async () => {
    server.failNext('hang');
    const patient = { attemptTimeoutMs: 100, maxRetries: 10 };
    expect(await openAi({ calls: patient }).embed(['one'])).toEqual([vectorOf('one', 8)]);
    expect(server.requests.length).toBeGreaterThanOrEqual(2);
  });

  it('gives up after its retries, retryable, with the status and nothing else of the provider', async () => {
    server.failNext({ status: 500 }, { status: 502 }, { status: 503 });
    const error = await failure(openAi({ calls: { maxRetries: 2 } }));
    expect(error).toMatchObject({
      code: 'embedding_unavailable',
      retryable: true,
      details: { providerStatus: 503 },
    });
    expect(server.requests).toHaveLength(3);
  });

  it('does not wait for a long Retry-After but tells the caller', async () => {
    server.failNext({ status: 429, headers: { 'retry-after': '60' } });
    const error = await failure(openAi());
    expect(error.retryable).toBe(true);
    expect(error.details).toEqual({ providerStatus: 429, retryAfterSeconds: 60 });
    expect(server.requests).toHaveLength(1);
  });

  it.each([400, 401, 403, 404])('does not repeat a request that was refused with %i', async (status) => {
    server.failNext({ status });
    const error = await failure(openAi(), ['my private words']);
    expect(error).toMatchObject({ code: 'embedding_unavailable', retryable: false });
    expect(error.details).toEqual({ providerStatus: status });
    expect(server.requests).toHaveLength(1);
    const everything = JSON.stringify([error.message, error.details, String(error.cause), error.stack]);
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain('private words');
    expect(everything).not.toContain('secret detail');
  });

  it('fetches a rotated key once after 401', async () => {
    let key = 'old';
    const rotating: ApiKey = {
      current: async () => key,
      renew() {
        key = 'new';
        return true;
      },
    };
    server.failNext({ status: 401 });
    expect(await openAi({}, rotating).embed(['one'])).toEqual([vectorOf('one', 8)]);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  it.each([
    ['another dimension', (answer: Json) => ({ data: [{ ...answer.data[0], embedding: [1, 2] }] })],
    ['too few vectors', () => ({ data: [] })],
    ['no number', (answer: Json) => ({ data: [{ ...answer.data[0], embedding: Array(8).fill(null) }] })],
    ['zeros', (answer: Json) => ({ data: [{ ...answer.data[0], embedding: Array(8).fill(0) }] })],
    ['an index that was not asked for', (answer: Json) => ({ data: [{ ...answer.data[0], index: 7 }] })],
    ['another shape', () => ({ result: 'ok' })],
  ])('refuses an answer with %s, once and for all', async (_, change) => {
    server.failNext({ change });
    const error = await failure(openAi());
    expect(error).toMatchObject({ code: 'embedding_unavailable', retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  it('keeps the whole call within its budget', async () => {
    server.failNext('hang', 'hang', 'hang', 'hang');
    const error = await failure(
      openAi({ calls: { attemptTimeoutMs: 60, totalTimeoutMs: 90, maxRetries: 10 } }),
    );
    expect(error).toMatchObject({ code: 'embedding_unavailable', retryable: true });
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  it('opens the circuit, sends nothing while it is open, and closes it after one good trial', async () => {
    const embedder = openAi({ calls: { failuresToOpen: 2, maxRetries: 0, openMs: 40 } });
    server.failNext({ status: 500 }, { status: 500 });
    await failure(embedder);
    await failure(embedder);
    const open = await failure(embedder);
    expect(open).toMatchObject({ code: 'embedding_unavailable', retryable: true });
    expect(open.message).toContain('pause');
    expect(server.requests).toHaveLength(2);
    await new Promise((done) => setTimeout(done, 50));
    expect(await embedder.embed(['one'])).toEqual([vectorOf('one', 8)]);
    expect(await embedder.embed(['two'])).toEqual([vectorOf('two', 8)]);
    expect(server.requests).toHaveLength(4);
  });

  it('reports a server that is not there as retryable', async () => {
    const endpoint = {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: fixedApiKey(secret),
      authorization: 'bearer' as const,
    };
    expect(await failure(openAi({ endpoint }))).toMatchObject({
      code: 'embedding_unavailable',
      retryable: true,
    });
  });
});

describe('bedrockEmbedder', () => {
  it('invokes Titan with one text a request and answers in order', async () => {
    const embedder = bedrock();
    expect(embedder.space).toBe('bedrock:amazon.titan-embed-text-v2:0:256');
    expect(await embedder.embed(['one', '', 'two'])).toEqual([
      vectorOf('one', 256),
      null,
      vectorOf('two', 256),
    ]);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[0]?.path).toBe('/model/amazon.titan-embed-text-v2:0/invoke');
    expect(server.requests.map(({ body }) => body)).toContainEqual({
      inputText: 'one',
      dimensions: 256,
      normalize: true,
    });
  });

  it.each([
    [
      'throttling',
      { status: 429, headers: { 'x-amzn-errortype': 'ThrottlingException', 'retry-after': '0' } },
    ],
    ['an internal error', { status: 500, headers: { 'x-amzn-errortype': 'InternalServerException' } }],
    ['a stream reset', 'reset'],
    ['an answer that is cut off', 'truncated'],
  ] as const)('tries again after %s, and the SDK does not multiply that', async (_, fault) => {
    server.failNext(fault);
    expect(await bedrock().embed(['one'])).toEqual([vectorOf('one', 256)]);
    expect(server.requests).toHaveLength(2);
  });

  it('times out an attempt that hangs', async () => {
    const embedder = bedrock({ attemptTimeoutMs: 80, maxRetries: 0 });
    await embedder.embed(['warm']).catch(() => undefined);
    server.failNext('hang');
    expect(await failure(embedder)).toMatchObject({ code: 'embedding_unavailable', retryable: true });
  });

  it('does not repeat what was refused, and leaks neither body nor key', async () => {
    server.failNext({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } });
    const error = await failure(bedrock());
    expect(error).toMatchObject({ retryable: false, details: { providerStatus: 403 } });
    expect(`${error.message}${error.stack}`).not.toContain(secret);
    expect(server.requests).toHaveLength(1);
  });

  it('refuses a vector of another dimension', async () => {
    server.failNext({ change: () => ({ embedding: [1, 2, 3], inputTextTokenCount: 1 }) });
    const error = await failure(bedrock());
    expect(error).toMatchObject({ code: 'embedding_unavailable', retryable: false });
    expect(error.message).toContain('3 dimensions instead of 256');
  });
});
