import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type ErrorCode, errorStatus } from '../../../shared/contracts/errors.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { RequestContext } from '../../../shared/runtime/handlers.ts';
import { httpFunction } from '../../../shared/runtime/http/http-function.ts';
import { context, event, fakeAnswers, provide, recordingHost, spec, things } from './support.ts';

const store = event('POST', '/things', { body: '{"content":"my-secret-content"}' });
const failing = (error: unknown) =>
  things({
    onStore: () => {
      throw error;
    },
  });

describe('a failure', () => {
  it.each(Object.entries(errorStatus) as [ErrorCode, number][])(
    '%s is answered with %i',
    async (code, status) => {
      const reply = await failing(new AppError(code, 'Change something.', { details: { number: 7 } })).send(
        store,
      );
      expect(reply.status).toBe(status);
      expect(reply.headers).toMatchObject({
        'content-type': 'application/problem+json',
        'x-request-id': 'request-1',
      });
      expect(reply.body).toMatchObject({
        type: `urn:strata:problem:${code}`,
        title: expect.stringMatching(/^[A-Z][a-z ]+$/),
        status,
        code,
        requestId: 'request-1',
        ...(code === 'internal' ? {} : { detail: 'Change something.', details: { number: 7 } }),
      });
    },
  );

  it('says when to try again', async () => {
    const retryAfter = async (code: ErrorCode, details = {}) =>
      (await failing(new AppError(code, 'Wait.', { details })).send(store)).headers['retry-after'];
    expect(await retryAfter('store_unavailable')).toBe('1');
    expect(await retryAfter('rate_limited')).toBe('5');
    expect(await retryAfter('graph_unavailable', { retryAfterSeconds: 29.2 })).toBe('30');
    expect(await retryAfter('validation_failed')).toBeUndefined();
  });

  const secret = 'relation "memories" at db.internal:5432 SELECT my-secret-content';
  it.each([
    ['a driver', Object.assign(new Error(secret), { code: '42P01', detail: secret, query: secret })],
    ['a defect', new TypeError('x is not a function')],
    ['a string', secret],
    ['nothing', undefined],
    ['an internal AppError', new AppError('internal', secret, { details: { secret } })],
    ['an AppError with a cause', new AppError('store_unavailable', 'Away.', { cause: new Error(secret) })],
  ])('of %s leaks nothing into the answer or the log', async (_name, error) => {
    const { send, lines } = failing(error);
    const reply = await send(store);
    expect(reply.status).toBeGreaterThanOrEqual(500);
    const answer = JSON.stringify(reply);
    for (const word of ['SELECT', 'db.internal', 'my-secret', 'at file', '.ts'])
      expect(answer).not.toContain(word);
    const visible = lines.filter(({ level }) => level !== 'debug');
    if (!(error instanceof AppError && error.code === 'internal')) {
      expect(JSON.stringify(visible)).not.toContain('my-secret');
    }
    expect(visible.at(-1)).toMatchObject({ level: 'error', message: 'invocation failed' });
  });

  it('of the service is logged with its frames, one of the caller without', async () => {
    const { send, lines } = failing(new TypeError('x is not a function'));
    await send(store);
    expect(lines.find(({ level }) => level === 'error')?.fields.error).toMatchObject({
      name: 'TypeError',
      message: 'x is not a function',
      frames: expect.arrayContaining([expect.stringContaining('failures.test.ts')]),
    });
    const refused = things();
    await refused.send(event('GET', '/nowhere'));
    expect(refused.lines.map(({ level }) => level)).toEqual(['info']);
  });

  it('is an answer that the contract does not declare', async () => {
    const { host, lines } = recordingHost();
    const wrong = () => Promise.resolve({ status: 201, body: { id: 7 } });
    const handlers = () => ({ storeThing: wrong }) as never;
    const providers = {
      answers: provide(fakeAnswers()),
      principals: provide({ find: async () => undefined }),
    };
    const answer = await httpFunction(spec, handlers, providers, host)(store, context());
    expect(answer.statusCode).toBe(500);
    expect(JSON.stringify(lines)).toContain('the answer of POST /things is wrong at id: invalid_type');
  });
});

describe('the deadline', () => {
  it('is half a second before the end of the function', async () => {
    const seen: RequestContext[] = [];
    const { send } = things({ onStore: (requestContext) => seen.push(requestContext) });
    const before = Date.now();
    await send(store, 4_500);
    const left = (seen[0]?.deadline.getTime() ?? 0) - before;
    expect(left).toBeGreaterThanOrEqual(4_000);
    expect(left).toBeLessThan(4_500);
  });

  it('ends a request whose handler does not', async () => {
    const { send } = things({ onStore: () => new Promise(() => undefined) });
    const reply = await send(store, 520);
    expect([reply.status, reply.body.code, reply.headers['retry-after']]).toEqual([
      503,
      'deadline_exceeded',
      '1',
    ]);
  });

  it('ends a request whose idempotency store does not answer', async () => {
    const answers = { ...fakeAnswers(), find: () => new Promise<never>(() => undefined) };
    const request = event('POST', '/things', { body: '{}', headers: { 'idempotency-key': 'k' } });
    expect((await things({ answers }).send(request, 510)).body.code).toBe('deadline_exceeded');
  });
});

describe('what is observed', () => {
  it('names the request, the operation, the tenant and the outcome, never content', async () => {
    const { send, lines, measures } = things();
    await send(store);
    await send(event('GET', '/nowhere'));
    expect(lines[0]).toMatchObject({ level: 'info', fields: { status: 201, coldStart: true } });
    expect(lines[1]).toMatchObject({ level: 'info', fields: { status: 404, coldStart: false } });
    expect(JSON.stringify(lines)).not.toContain('my-secret-content');
    const counts = measures.filter(({ unit }) => unit === 'Count').map(({ name }) => name);
    expect(counts).toEqual(['coldStarts', 'requests', 'requests', 'errors4xx']);
  });
});

describe('configuration', () => {
  it('is read once, at the first request, and reported whole without a value', async () => {
    const { host, lines } = recordingHost();
    const config = z.object({ DATABASE_URL: z.url(), POOL_SIZE: z.coerce.number().max(10) });
    const providers = {
      answers: { config, build: () => fakeAnswers() },
      principals: { config: z.object({ TABLE: z.string() }), build: () => ({ find: async () => undefined }) },
    };
    const env = { DATABASE_URL: 'hunter2', POOL_SIZE: '50' };
    const handler = httpFunction(spec, () => ({}) as never, providers, { ...host, env });
    const answer = await handler(event('POST', '/ping'), context());
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('DATABASE_URL');
    const log = JSON.stringify(lines);
    for (const name of ['DATABASE_URL is not valid', 'POOL_SIZE is not valid', 'TABLE is missing']) {
      expect(log).toContain(name);
    }
    expect(log).not.toContain('hunter2');
  });
});
