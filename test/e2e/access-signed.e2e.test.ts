import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser } from '../../scripts/deploy/tenants.ts';
import { emulatedAws } from '../../scripts/services/aws-resources.ts';
import { type Answer, type Http, http } from '../support/http.ts';
import { deployed } from './support/deployed.ts';
import { expectProblem, expectStatus } from './support/problem.ts';
import { isSigned, openTarget, type Target, unique } from './support/target.ts';

/** AWS answers 403 itself; an emulator that lets such a request through leaves it to the function, which knows nobody. */
function expectNobody(answer: Answer) {
  expect([401, 403]).toContain(answer.status);
  expect(answer.text).not.toContain('count');
}

describe.skipIf(!isSigned)('signed requests (need an API with IAM authorization)', () => {
  let target: Target;
  let service: Http;
  beforeAll(async () => {
    target = await openTarget();
    service = await target.as('a');
  });
  afterAll(() => target.close());

  const { serviceUrl = '', endpoint = '' } = deployed ?? {};
  const signedBy = (keys: { accessKeyId: string; secretAccessKey: string }) => {
    const client = new AwsClient({ ...keys, service: 'execute-api', region: emulatedAws.region, retries: 0 });
    return http(serviceUrl, {}, (url, init) => client.fetch(url, init));
  };

  it('write in the name of the principal, whom the history names', async () => {
    const { id } = expectStatus(await service.post('/api/memory', { content: 'Signed and sent' }), 201);
    const { versions } = expectStatus(await service.get(`/api/memory/${id}/versions`), 200);
    expect(versions).toMatchObject([{ changedBy: expect.stringMatching(/^arn:aws:iam::\d{12}:user\//) }]);
    expectStatus(await service.delete(`/api/memory/${id}?hard=true`), 200);
  });

  it('of a user who is no principal of a tenant are refused', async () => {
    const stranger = signedBy(await createUser(endpoint, unique('stranger')));
    expectProblem(await stranger.get('/api/memory/aggregations'), 'forbidden');
  });

  it('take no tenant from a header, a query or a body', async () => {
    const named = service.with({ 'x-tenant-id': 'acme' });
    expectStatus(await named.get('/api/memory/aggregations'), 200);
    const message = { tenant_id: 'acme', conversation_id: 'c', role: 'user', content: 'x' };
    expectProblem(await service.post('/v1/messages', message), 'tenant_mismatch');
  });

  it.each([
    ['of a key that nobody has', { accessKeyId: 'AKIAQQQQQQQQQQQQQQQQ', secretAccessKey: 'x'.repeat(40) }],
    ['of an empty key', { accessKeyId: 'x', secretAccessKey: 'x' }],
  ])('%s are refused', async (_name, keys) => {
    expectNobody(await signedBy(keys).get('/api/memory/aggregations'));
  });

  it('need a token nowhere, and a token is no signature', async () => {
    const bearer = target.anonymous.with({ authorization: 'Bearer a.b.c' });
    expectNobody(await bearer.get('/api/memory/aggregations'));
    expectStatus(await target.anonymous.get('/openapi.json'), 200);
  });
});
