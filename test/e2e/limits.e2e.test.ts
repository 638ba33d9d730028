import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Answer, Http } from '../support/http.ts';
import { expectProblem } from './support/problem.ts';
import { describeLocal, openTarget, type Target, unique } from './support/target.ts';
import { chooseLimits, mayMakeTenants, newTenant } from './support/tenants.ts';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
});
afterAll(() => target.close());

const memory = (content = 'one of them') => ({ content, extractEntities: false });
const read = (api: Http) => api.get('/api/memory/aggregations');
const readUntilRefused = (api: Http) =>
  vi.waitFor(
    async () => {
      const answer = await read(api);
      expect(answer.status).toBe(429);
      return answer;
    },
    { timeout: 10_000, interval: 0 },
  );
const expectRefusal = (answer: Answer, limit: 'requests' | 'memories-written' | 'memories-kept') => {
  const code = limit === 'memories-kept' ? 'quota_exceeded' : 'rate_limited';
  expect(expectProblem(answer, code).details.limit).toBe(limit);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
};

describe.skipIf(!mayMakeTenants)('the rate of requests', () => {
  const slow = ['--requests-per-second', '0.5', '--burst', '3'];

  it('is refused with its name and an honest time, and leaves others alone meanwhile', async () => {
    const flooding = await newTenant(target, { limits: slow });
    const other = await newTenant(target);
    const refused = await readUntilRefused(flooding.api);
    expectRefusal(refused, 'requests');
    expect(refused.body.details).toMatchObject({ perSecond: 0.5, burst: 3 });
    expect(refused.headers.get('ratelimit-policy')).toBe('"requests";q=3;w=6');
    expect((await flooding.api.post('/api/memory', memory())).status).toBe(429);
    expect((await read(other.api)).status).toBe(200);
    expect((await flooding.api.get('/v1/admin/health')).status).toBe(200);

    await delay(Number(refused.headers.get('retry-after')) * 1_000);
    expect((await read(flooding.api)).status).toBe(200);
  });

  it.each([
    ['1', '10'],
    ['a:b', 'a'],
    ['a', 'a '],
    ['a', 'A'],
    ['é', 'e\u0301'],
    ['%', '_'],
  ])('of the tenant %j is not that of %j', async (one, another) => {
    const run = unique('names');
    const limits = ['--requests-per-second', '0.01', '--burst', '1'];
    const flooding = await newTenant(target, { name: `${run} ${one}`, limits });
    const other = await newTenant(target, { name: `${run} ${another}`, limits });
    await readUntilRefused(flooding.api);
    expect((await read(other.api)).status).toBe(200);
  });

  it('counts a replay of an idempotent request', async () => {
    const { api } = await newTenant(target, { limits: ['--requests-per-second', '0.01', '--burst', '2'] });
    const store = () => api.post('/api/memory', memory(), { headers: { 'idempotency-key': 'k' } });
    const first = await store();
    const again = await store();
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    expectRefusal(await store(), 'requests');
  });
});

describe.skipIf(!mayMakeTenants)('the rate of memories written', () => {
  it('counts a batch by its items, and refuses it whole', async () => {
    const { api } = await newTenant(target, {
      limits: ['--writes-per-second', '0.01', '--writes-burst', '500'],
    });
    const batch = (length: number) =>
      api.post('/api/memory/batch', { items: Array.from({ length }, (_, n) => memory(`note ${n}`)) });
    expect((await batch(498)).status).toBe(207);
    const refused = await batch(5);
    expectRefusal(refused, 'memories-written');
    expect((await read(api)).body.total.count).toBe(498);
    expect((await api.post('/api/memory', memory())).status).toBe(201);
  });
});

describe.skipIf(!mayMakeTenants)('the quota of memories kept', () => {
  it('is refused when it is used up, and has room again after a deletion', async () => {
    const { api } = await newTenant(target, { limits: ['--memories', '2'] });
    const store = () => api.post('/api/memory', memory());
    const { body: first } = await store();
    expect((await store()).status).toBe(201);
    const refused = await store();
    expectRefusal(refused, 'memories-kept');
    expect(refused.body.detail).toMatch(/delete some/);
    expect((await api.get('/v1/admin/limits')).body.quotas).toEqual({
      'memories-kept': { limit: 2, used: 2 },
    });
    expect((await api.patch(`/api/memory/${first.id}`, { summary: 'changed' })).status).toBe(200);

    expect((await api.delete(`/api/memory/${first.id}`)).status).toBe(200);
    expect((await store()).status).toBe(201);
    expectRefusal(await store(), 'memories-kept');
  });

  it('refuses the items of a batch that are beyond it', async () => {
    const { api } = await newTenant(target, { limits: ['--memories', '2'] });
    const { status, body } = await api.post('/api/memory/batch', {
      items: [memory('a'), memory('b'), memory('c')],
    });
    expect(status).toBe(207);
    expect(body.results).toMatchObject([
      { status: 201 },
      { status: 201 },
      { status: 429, code: 'quota_exceeded' },
    ]);
    expect((await read(api)).body.total.count).toBe(2);
  });
});

describe.skipIf(!mayMakeTenants)('the operation that tells the limits', () => {
  it('tells what the operator chose and what is left', async () => {
    const { tenant, api } = await newTenant(target, {
      limits: ['--requests-per-second', '7', '--burst', '70', '--memories', '5'],
    });
    await api.post('/api/memory', memory());
    const { status, body } = await api.get('/v1/admin/limits');
    expect(status).toBe(200);
    expect(body.rates.requests).toMatchObject({ perSecond: 7, burst: 70 });
    expect(body.rates.requests.available).toBeLessThanOrEqual(69);
    expect(body.rates['memories-written'].burst).toBeGreaterThanOrEqual(500);
    expect(body.quotas['memories-kept']).toEqual({ limit: 5, used: 1 });
    expect(await chooseLimits(target, tenant)).toContain('5, of which 1 are used');
    expect(await chooseLimits(target, tenant, '--memories', 'default')).toContain('default, of which 1');
  });

  it('is for those who may read the administration', async () => {
    const { api } = await newTenant(target, { scopes: ['memory:read'] });
    expect((await api.get('/v1/admin/limits')).status).toBe(403);
  });
});

describeLocal('while the table of the limits is away', () => {
  it('requests are served, by what the instance itself has admitted', async () => {
    const { api } = await newTenant(target, { limits: ['--requests-per-second', '0.01', '--burst', '2'] });
    await target.service.stopPart('cache');
    try {
      expect([(await read(api)).status, (await read(api)).status]).toEqual([200, 200]);
      expectRefusal(await read(api), 'requests');
    } finally {
      await target.service.startPart('cache');
    }
    expectRefusal(await read(api), 'requests');
  });
});
