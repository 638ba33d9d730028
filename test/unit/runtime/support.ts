import * as z from 'zod';
import type { PrincipalStore } from '../../../shared/access/ports.ts';
import { embedding, memoryId, name, queryInteger } from '../../../shared/contracts/fields.ts';
import { defineFunction } from '../../../shared/contracts/function-spec.ts';
import { memoryContent, metadataObject } from '../../../shared/contracts/json.ts';
import { defineOperations } from '../../../shared/contracts/operation.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { Logger } from '../../../shared/kernel/logger.ts';
import type { AnswerStore, IdempotencyKey, RecordedAnswer } from '../../../shared/memory/ports.ts';
import type { Provider } from '../../../shared/runtime/deps.ts';
import type { RequestContext } from '../../../shared/runtime/handlers.ts';
import type { Host } from '../../../shared/runtime/host.ts';
import type { AuthorizerContext, HttpEvent } from '../../../shared/runtime/http/event.ts';
import { httpFunction } from '../../../shared/runtime/http/http-function.ts';
import type { Measure } from '../../../shared/runtime/observability/meter.ts';

export const operations = defineOperations({
  storeThing: {
    method: 'POST',
    path: '/things',
    summary: 'Store',
    scope: 'memory:write',
    body: z.strictObject({
      content: memoryContent.optional(),
      importance: z.number().min(0).max(10).optional(),
      embedding: embedding.optional(),
      metadata: metadataObject.optional(),
      tenant_id: z.string().optional(),
      items: z.array(z.unknown()).optional(),
    }),
    responses: { 201: z.object({ id: z.string(), calls: z.number() }) },
    errors: [],
    idempotent: true,
  },
  countThings: {
    method: 'GET',
    path: '/things/count',
    summary: 'Count',
    scope: 'memory:read',
    query: z.strictObject({
      limit: queryInteger(1, 200).optional(),
      domain: name.optional(),
      tenant_id: z.string().optional(),
    }),
    responses: { 200: z.object({ limit: z.number().optional(), domain: z.string().optional() }) },
    errors: [],
  },
  getThing: {
    method: 'GET',
    path: '/things/{id}',
    summary: 'Read',
    scope: 'memory:read',
    params: z.strictObject({ id: memoryId }),
    responses: { 200: z.object({ id: z.string() }) },
    errors: [],
  },
  changeThing: {
    method: 'PATCH',
    path: '/things/{id}',
    summary: 'Change',
    scope: 'memory:write',
    params: z.strictObject({ id: memoryId }),
    body: z.strictObject({ importance: z.number() }),
    responses: { 200: z.object({ ifMatch: z.number().optional(), key: z.string().optional() }) },
    errors: [],
    idempotent: true,
    conditional: true,
  },
  ping: {
    method: 'POST',
    path: '/ping',
    summary: 'Ping',
    scope: 'public',
    responses: { 200: z.object({ ok: z.boolean() }) },
    errors: [],
  },
  whoAmI: {
    method: 'GET',
    path: '/me',
    summary: 'Caller',
    scope: 'authenticated',
    responses: {
      200: z.object({ tenantId: z.string(), subject: z.string(), scopes: z.array(z.string()) }),
    },
    errors: [],
  },
});

export const spec = defineFunction({
  name: 'things',
  summary: 'Things',
  trigger: { kind: 'http', operations },
  uses: ['answers', 'principals'],
  timeoutSeconds: 10,
  memoryMb: 128,
});

/** Answers as the real store keeps them: by tenant and key, bound to one request. */
export function fakeAnswers(): AnswerStore & { recorded: Map<string, RecordedAnswer> } {
  const recorded = new Map<string, RecordedAnswer>();
  const hashes = new Map<string, string>();
  const at = (tenantId: string, { key }: IdempotencyKey) => JSON.stringify([tenantId, key]);
  return {
    recorded,
    async find(tenantId, key) {
      const place = at(tenantId, key);
      if ((hashes.get(place) ?? key.requestHash) !== key.requestHash) {
        throw new AppError('idempotency_key_reused', 'The key came with another request.');
      }
      return recorded.get(place);
    },
    async record(tenantId, key, answer) {
      const place = at(tenantId, key);
      hashes.set(place, key.requestHash);
      if (!recorded.has(place)) recorded.set(place, answer);
      return recorded.get(place)!;
    },
    async release(tenantId, key) {
      recorded.delete(at(tenantId, key));
    },
  };
}

export const provide = <T>(port: T): Provider<T> => ({ config: z.object({}), build: () => port });

export const knownRole = 'arn:aws:iam::123456789012:role/reader';
const principals: PrincipalStore = {
  find: async (arn) => (arn === knownRole ? { tenantId: 'acme', scopes: ['memory:read'] } : undefined),
};

type Line = { level: string; message: string; fields: Record<string, unknown> };

/** Remembers what would have been logged and measured. */
export function recordingHost() {
  const lines: Line[] = [];
  const measures: Measure[] = [];
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      lines.push({ level, message, fields });
    };
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const host: Partial<Host> = { env: {}, logger, meter: { emit: (list) => measures.push(...list) } };
  return { host, lines, measures };
}

export const context = (remaining = 10_000) => ({
  awsRequestId: 'lambda-1',
  getRemainingTimeInMillis: () => remaining,
});

export const jwt = (claims: Record<string, string | string[]> = {}): AuthorizerContext => ({
  jwt: {
    claims: { tenant_id: 'acme', sub: 'agent-1', scope: '*', exp: '4102444800', ...claims },
    scopes: null,
  },
});

export interface Given {
  body?: string;
  base64?: boolean;
  query?: string;
  headers?: Record<string, string>;
  authorizer?: AuthorizerContext | null;
  routeKey?: string;
  params?: Record<string, string>;
  stage?: string;
}

/** An event as a host with one `$default` route builds it. */
export function event(method: string, rawPath: string, given: Given = {}): HttpEvent {
  const { authorizer = jwt(), stage = '$default' } = given;
  return {
    version: '2.0',
    routeKey: given.routeKey ?? '$default',
    rawPath,
    rawQueryString: given.query ?? '',
    headers: {
      ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...given.headers,
    },
    ...(given.params ? { pathParameters: given.params } : {}),
    ...(given.body === undefined ? {} : { body: given.body }),
    isBase64Encoded: given.base64 ?? false,
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: given.routeKey ?? '$default',
      stage,
      time: '',
      timeEpoch: 0,
      ...(authorizer ? { authorizer } : {}),
    },
  };
}

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** The function over fakes; `onStore` stands in for the effect of a write. */
export function things(
  options: { onStore?: (context: RequestContext) => unknown; answers?: AnswerStore; env?: Host['env'] } = {},
) {
  const recording = recordingHost();
  let calls = 0;
  const handler = httpFunction(
    spec,
    () => ({
      storeThing: async (_input, requestContext) => {
        calls += 1;
        await options.onStore?.(requestContext as RequestContext);
        return { status: 201, body: { id: 'thing-1', calls } };
      },
      countThings: async ({ query }) => ({ status: 200, body: query }),
      getThing: async ({ params }) => ({ status: 200, headers: { etag: '"3"' }, body: { id: params.id } }),
      changeThing: async (_input, { ifMatch, idempotency }) => ({
        status: 200,
        body: { ifMatch, key: idempotency?.key },
      }),
      ping: async () => ({ status: 200, body: { ok: true } }),
      whoAmI: async (_input, { caller }) => ({
        status: 200,
        body: { tenantId: caller.tenantId, subject: caller.subject, scopes: [...caller.scopes] },
      }),
    }),
    { answers: provide(options.answers ?? fakeAnswers()), principals: provide(principals) },
    recording.host,
  );
  const send = async (request: HttpEvent, remaining?: number): Promise<Reply> => {
    const answer = await handler(request, context(remaining));
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) };
  };
  return { send, ...recording, calls: () => calls };
}
