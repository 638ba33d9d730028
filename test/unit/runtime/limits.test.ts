import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { handler as acceptEvent } from '../../../functions/accept-events/handler.ts';
import { functionSpecs } from '../../../functions/index.ts';
import { defineFunction, type FunctionSpec } from '../../../shared/contracts/function-spec.ts';
import { defineOperations, type Operation } from '../../../shared/contracts/operation.ts';
import { operations as operationTable } from '../../../shared/contracts/operations.ts';
import type { TenantLimits } from '../../../shared/contracts/tenant-limits.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { AnswerStore } from '../../../shared/memory/ports.ts';
import { httpFunction } from '../../../shared/runtime/http/http-function.ts';
import { limitDeps } from '../../support/limits.ts';
import { memoryDeps } from '../../support/memory-deps.ts';
import { settableClock } from '../../support/settable-clock.ts';
import { context, event, fakeAnswers, type Given, jwt, provide, recordingHost } from './support.ts';

const ok = z.object({ ok: z.literal(true) });
const operations = defineOperations({
  read: {
    method: 'GET',
    path: '/read',
    summary: '',
    scope: 'memory:read',
    responses: { 200: ok },
    errors: [],
  },
  open: { method: 'GET', path: '/open', summary: '', scope: 'public', responses: { 200: ok }, errors: [] },
  write: {
    method: 'POST',
    path: '/write',
    summary: '',
    scope: 'memory:write',
    body: z.strictObject({ content: z.string() }),
    responses: { 200: ok },
    errors: [],
    idempotent: true,
  },
  writeMany: {
    method: 'POST',
    path: '/many',
    summary: '',
    scope: 'memory:write',
    body: z.strictObject({ items: z.array(z.unknown()) }),
    responses: { 200: ok },
    errors: [],
    batch: 'items',
  },
  remove: {
    method: 'DELETE',
    path: '/remove',
    summary: '',
    scope: 'memory:delete',
    responses: { 200: ok },
    errors: [],
  },
});
const spec = defineFunction({
  name: 'limited',
  summary: '',
  trigger: { kind: 'http', operations },
  uses: ['answers', 'principals', 'rateLimits', 'tenantLimits'],
  timeoutSeconds: 10,
  memoryMb: 128,
});

function limited(limits: Partial<TenantLimits>, answers: AnswerStore = fakeAnswers(), away = false) {
  const clock = settableClock('2026-03-01T12:00:00.000Z');
  const recording = recordingHost();
  const nobody = { advance: async () => undefined, arrival: async () => undefined };
  const deps = limitDeps(limits, { clock, ...(away && { buckets: nobody }) });
  let effects = 0;
  const answer = async () => {
    effects += 1;
    return { status: 200, body: { ok: true } } as const;
  };
  const handler = httpFunction(
    spec,
    () => ({ read: answer, open: answer, write: answer, writeMany: answer, remove: answer }),
    {
      answers: provide(answers),
      principals: provide({ find: async () => undefined }),
      rateLimits: provide(deps.rateLimits),
      tenantLimits: provide(deps.tenantLimits),
    },
    { ...recording.host, clock },
  );
  const send = async (method: string, path: string, given: Given & { tenant?: string } = {}) => {
    const { tenant = 'acme', ...rest } = given;
    const { statusCode, headers, body } = await handler(
      event(method, path, { authorizer: jwt({ tenant_id: tenant }), ...rest }),
      context(),
    );
    return { status: statusCode, headers, body: JSON.parse(body) };
  };
  return { send, clock, ...recording, ...deps, effects: () => effects };
}

const two = { requests: { perSecond: 0.5, burst: 2 } };

describe('the limit of requests', () => {
  it('is answered 429 with its name and when to come again, and then it is as it says', async () => {
    const { send, clock, effects } = limited(two);
    expect((await send('GET', '/read')).status).toBe(200);
    expect((await send('GET', '/read')).status).toBe(200);
    const refused = await send('GET', '/read');
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '2',
      ratelimit: '"requests";r=0;t=2',
      'ratelimit-policy': '"requests";q=2;w=4',
    });
    expect(refused.body).toMatchObject({
      code: 'rate_limited',
      detail: "The tenant's limit requests is 0.5 a second and 2 at once; try again in 2 s.",
      details: { limit: 'requests', perSecond: 0.5, burst: 2, available: 0, retryAfterSeconds: 2 },
    });
    expect(effects()).toBe(2);
    clock.advance(2);
    expect((await send('GET', '/read')).status).toBe(200);
  });

  it('refuses before the body is looked at', async () => {
    const { send } = limited(two);
    await send('GET', '/read');
    await send('GET', '/read');
    expect((await send('POST', '/write', { body: '{ no JSON' })).status).toBe(429);
  });

  it('counts a request that is refused for something else', async () => {
    const { send } = limited(two);
    expect((await send('POST', '/write', { body: '{}' })).status).toBe(400);
    expect((await send('POST', '/write', { body: '{}' })).status).toBe(400);
    expect((await send('GET', '/read')).status).toBe(429);
  });

  it('leaves alone what is public, who has no token and who may not', async () => {
    const { send } = limited(two);
    for (let n = 0; n < 5; n += 1) {
      expect((await send('GET', '/open')).status).toBe(200);
      expect((await send('GET', '/read', { authorizer: null })).status).toBe(401);
      expect((await send('GET', '/read', { authorizer: jwt({ scope: 'memory:write' }) })).status).toBe(403);
    }
    expect((await send('GET', '/read')).status).toBe(200);
  });

  it.each([
    ['1', '10'],
    ['a:b', 'a'],
    ['a', 'a '],
    ['a', 'A'],
    ['é', 'e\u0301'],
    ['%', '_'],
  ])('of the tenant %j is not that of %j', async (one, other) => {
    const { send } = limited(two);
    for (let n = 0; n < 5; n += 1) await send('GET', '/read', { tenant: one });
    expect((await send('GET', '/read', { tenant: one })).status).toBe(429);
    expect((await send('GET', '/read', { tenant: other })).status).toBe(200);
  });

  it('is the one that the operator chose for the tenant', async () => {
    const { send, tenants, clock } = limited(two);
    const standing = await tenants.standingOf('acme');
    tenants.override('acme', { ...standing.limits, requests: { perSecond: 1, burst: 5 } });
    clock.advance(61);
    const statuses = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await send('GET', '/read')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
  });

  it('is kept by this instance alone while nobody can be asked, which is counted', async () => {
    const { send, measures } = limited(two, fakeAnswers(), true);
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await send('GET', '/read')).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(measures.filter(({ name }) => name === 'limiterAway')).toHaveLength(2);
    expect(measures.filter(({ name }) => name === 'limited')).toHaveLength(2);
  });

  it('counts what it refused', async () => {
    const { send, measures, lines } = limited(two);
    for (let n = 0; n < 5; n += 1) await send('GET', '/read');
    expect(measures.filter(({ name }) => name === 'limited')).toHaveLength(3);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('the limit of memories written', () => {
  const limits = { 'memories-written': { perSecond: 1, burst: 500 } };
  const items = (length: number) => JSON.stringify({ items: Array(length).fill({}) });

  it('counts the items of a batch, and refuses all of one that does not fit', async () => {
    const { send, clock, effects } = limited(limits);
    expect((await send('POST', '/many', { body: items(499) })).status).toBe(200);
    const refused = await send('POST', '/many', { body: items(3) });
    expect(refused.body).toMatchObject({
      code: 'rate_limited',
      details: { limit: 'memories-written', available: 1, retryAfterSeconds: 2 },
    });
    expect(refused.headers.ratelimit).toBe('"memories-written";r=1;t=2');
    expect(effects()).toBe(1);
    expect((await send('POST', '/write', { body: '{"content":"a"}' })).status).toBe(200);
    expect((await send('POST', '/write', { body: '{"content":"a"}' })).status).toBe(429);
    clock.advance(2);
    expect((await send('POST', '/many', { body: items(2) })).status).toBe(200);
  });

  it('leaves reads and deletions alone', async () => {
    const { send } = limited(limits);
    await send('POST', '/many', { body: items(500) });
    expect((await send('POST', '/write', { body: '{"content":"a"}' })).status).toBe(429);
    expect((await send('GET', '/read')).status).toBe(200);
    expect((await send('DELETE', '/remove')).status).toBe(200);
  });

  it('does not count a request that is answered from an earlier one', async () => {
    const { send, effects } = limited({ ...limits, requests: { perSecond: 1, burst: 2_000 } });
    const request = { body: '{"content":"a"}', headers: { 'idempotency-key': 'k' } };
    await send('POST', '/write', request);
    await send('POST', '/many', { body: items(499) });
    const again = await send('POST', '/write', request);
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([200, 'true']);
    expect(effects()).toBe(2);
  });
});

it('a quota that is used up is answered 429 with its name, and a time in which nobody has to ask again', async () => {
  const answers = fakeAnswers();
  answers.find = async () => {
    throw new AppError('quota_exceeded', 'Delete some.', { details: { limit: 'memories-kept' } });
  };
  const { send } = limited({}, answers);
  const refused = await send('POST', '/write', {
    body: '{"content":"a"}',
    headers: { 'idempotency-key': 'k' },
  });
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '3600']);
  expect(refused.body).toMatchObject({ code: 'quota_exceeded', details: { limit: 'memories-kept' } });
});

describe('the specs', () => {
  const specs: readonly FunctionSpec[] = functionSpecs;
  /** Those that act for somebody else: over HTTP, or because an event asks them to write. */
  const limitedSpecs = specs.filter(
    ({ trigger: { kind }, uses }) => kind === 'http' || (kind === 'bus' && uses.includes('memories')),
  );

  it.each(limitedSpecs.map(({ name, uses }) => [name, uses] as const))('%s knows the limits', (_, uses) => {
    expect(uses).toEqual(expect.arrayContaining(['rateLimits', 'tenantLimits']));
  });
});

describe('the operations', () => {
  const lists = Object.entries<Operation>(operationTable).filter(
    ([, { scope, body }]) => scope === 'memory:write' && body instanceof z.ZodObject && 'items' in body.shape,
  );

  it.each(lists)('%s counts what it lists', (_, { batch }) => {
    expect(batch).toBe('items');
  });

  it('have one that lists, or the test above would look at none', () => {
    expect(lists.map(([id]) => id)).toContain('storeBatch');
  });
});

it('an event beyond the rate fails, so that it comes again, and is stored once when it does', async () => {
  const clock = settableClock('2026-03-01T12:00:00.000Z');
  const deps = memoryDeps();
  const limits = limitDeps({ 'memories-written': { perSecond: 0.01, burst: 500 } }, { clock });
  await limits.rateLimits.take(
    { tenantId: 'acme', name: 'memories-written' },
    { perSecond: 0.01, burst: 500 },
    500,
  );
  const delivery = {
    type: 'memory.store.requested',
    envelope: {
      id: 'e1',
      type: 'memory.store.requested',
      schemaVersion: 1,
      tenantId: 'acme',
      occurredAt: '2026-03-01T12:00:00.000Z',
      data: {},
    },
    data: { memory: { content: 'asked for', consistency: 'eventual', memoryType: 'semantic', metadata: {} } },
  } as never;
  const take = () => acceptEvent(delivery, { ...deps, ...limits } as never, { deadline: new Date() });
  const kept = async () => (await deps.memories.aggregate('acme', {})).total.count;
  await expect(take()).rejects.toMatchObject({ code: 'rate_limited', retryable: true });
  expect(await kept()).toBe(0);
  clock.advance(200);
  await take();
  await take();
  expect(await kept()).toBe(1);
});
