import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem, expectStatus } from '../e2e/support/problem.ts';
import { type Answer, bearer, type Http } from '../support/http.ts';
import { type Service, startService } from '../support/service.ts';
import { newTenant } from '../support/store-writes.ts';
import { neo4jSettings } from './support/servers.ts';
import { type ServiceDatabase, serviceDatabase } from './support/service-database.ts';

let base: ServiceDatabase;
let service: Service;
let api: Http;

beforeAll(async () => {
  base = await serviceDatabase();
  const neo4j = neo4jSettings();
  service = await startService({
    env: {
      DATABASE_URL: base.ownerUrl,
      DATABASE_POOL_MAX: '5',
      // a scheduled run would take one of the five now and then
      STRATA_SCHEDULE_SECONDS: '3600',
      // far apart, and both long: a busy machine must not make one look like the other
      DATABASE_CONNECT_TIMEOUT_MS: '4000',
      DATABASE_STATEMENT_TIMEOUT_MS: '12000',
      NEO4J_URI: neo4j.url,
      NEO4J_USER: neo4j.user,
      NEO4J_PASSWORD: neo4j.password,
    },
  });
  api = bearer(service.url, await service.token(newTenant()));
  // the first one loads what the others use, and would keep them waiting for their connections
  await store('The first');
});
afterAll(async () => {
  await service.stop();
  await base.remove();
});

const many = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const store = (content: string) => api.post('/api/memory', { content });

/** Nobody writes a memory while `work` goes on, until it lets them. */
async function whileWritesWait(work: (letGo: () => Promise<void>) => Promise<void>): Promise<void> {
  const holder = new pg.Client({ connectionString: base.ownerUrl });
  await holder.connect();
  try {
    await holder.query('begin; lock table strata.memories in access exclusive mode');
    await work(async () => void (await holder.query('rollback')));
  } finally {
    await holder.end();
  }
}

function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 'store_unavailable');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
}

describe('twenty callers at once', () => {
  it('who repeat one request under one key get one answer of one effect', async () => {
    const headers = { 'idempotency-key': 'twenty-times' };
    const body = { content: 'Stored once', domain: 'once' };
    const answers = await many(20, () => api.post('/api/memory', body, { headers }));
    for (const answer of answers) expectStatus(answer, 201);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const { body: counted } = await api.get('/api/memory/aggregations', { query: { domain: 'once' } });
    expect(counted.total.count).toBe(1);
  });

  it('who change one memory without a condition all do, one version each', async () => {
    const { id } = expectStatus(await store('Changed by twenty'), 201);
    const answers = await many(20, (index) => api.patch(`/api/memory/${id}`, { tags: [`by-${index}`] }));
    for (const answer of answers) expectStatus(answer, 200);
    const versions = answers.map(({ body }) => body.version as number).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  });
});

describe('a write whose answer was lost', () => {
  it('is answered as it was made when it comes again, although the memory has moved on', async () => {
    const headers = { 'idempotency-key': 'answer-lost' };
    const { id } = expectStatus(await store('Version one'), 201);
    const first = await api.patch(`/api/memory/${id}`, { content: 'Version two' }, { headers });
    // what a process leaves that ends after the commit and before the answer
    await base.owner(`update strata.idempotency_keys set answer = null where key = 'answer-lost'`);
    expectStatus(await api.patch(`/api/memory/${id}`, { content: 'Version three' }), 200);

    const again = await api.patch(`/api/memory/${id}`, { content: 'Version two' }, { headers });
    expect(expectStatus(again, 200)).toMatchObject({
      version: 2,
      memory: { content: 'Version two', version: 2 },
    });
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    const { body } = await api.get(`/api/memory/${id}`);
    expect(body.memory).toMatchObject({ version: 3, content: 'Version three' });
  });

  it('of twenty that meet at one external id has its own version in its answer', async () => {
    const item = (index: number) => ({ externalId: 'met', content: `by ${index}` });
    const answers = await many(20, (index) => api.post('/api/memory', item(index)));
    for (const [index, { status, body }] of answers.entries()) {
      expect([200, 201]).toContain(status);
      expect(body.memory).toMatchObject({ content: `by ${index}`, version: body.version });
    }
    const versions = answers.map(({ body }) => body.version as number).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

describe('five connections', () => {
  it('and fifty slow requests: the others are refused at once, and served when it is over', async () => {
    await whileWritesWait(async (letGo) => {
      const refused: Answer[] = [];
      const all = many(50, async (index) => {
        const answer = await store(`slow ${index}`);
        if (answer.status === 503) refused.push(answer);
        return answer;
      });
      // the lock is still held: these have not waited for it
      await expect.poll(() => refused.length, { timeout: 10_000 }).toBe(45);
      await letGo();
      const answers = await all;
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
      for (const answer of refused) expectUnavailable(answer);
    });
    for (const answer of await many(10, (index) => store(`after ${index}`))) expectStatus(answer, 201);
  });

  it('and a statement that does not end: it is given up, leaves nothing, and may be repeated', async () => {
    const headers = { 'idempotency-key': 'given-up' };
    const body = { content: 'At the second try', domain: 'given-up' };
    await whileWritesWait(async () => {
      expectUnavailable(await api.post('/api/memory', body, { headers }));
    });
    const again = await api.post('/api/memory', body, { headers });
    expect(expectStatus(again, 201)).toMatchObject({ version: 1 });
    expect(again.headers.get('idempotency-replayed')).toBeNull();
  });
});
