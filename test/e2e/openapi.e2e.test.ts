import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf } from '../../shared/contracts/openapi.ts';
import type { Http, Json } from '../support/http.ts';
import { everyOperation } from './support/operations.ts';
import { expectProblem, expectStatus, expectUnrouted } from './support/problem.ts';
import { openTarget, type Target } from './support/target.ts';

let target: Target;
let api: Http;
let document: Json;

beforeAll(async () => {
  target = await openTarget();
  api = await target.as('a');
  document = expectStatus(await target.anonymous.get('/openapi.json'), 200);
});
afterAll(() => target.close());

const operationsOf = (paths: Json): Json[] =>
  Object.values<Json>(paths).flatMap((path) => Object.values(path));

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 and tells where the service is', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Strata', version: expect.stringMatching(/.+/) },
      servers: [{ url: expect.stringMatching(/^https?:\/\/[^/]+/) }],
    });
  });

  it('has every operation of the contract and no others', () => {
    const described = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods).map(
        ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
      ),
    );
    const expected = everyOperation.map(([id, { method, path }]) => `${id} ${method} ${path}`);
    expect(described.toSorted()).toEqual(expected.toSorted());
  });

  it('describes every parameter of every path, each once', () => {
    for (const [path, methods] of Object.entries<Json>(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { operationId, parameters } of Object.values<Json>(methods)) {
        const keys = parameters.map((parameter: Json) => `${parameter.in} ${parameter.name}`);
        expect(new Set(keys).size, operationId).toBe(keys.length);
        const declared = parameters.filter((parameter: Json) => parameter.in === 'path');
        expect(declared.map((parameter: Json) => parameter.name).toSorted(), operationId).toEqual(
          inPath.toSorted(),
        );
        for (const parameter of declared) expect(parameter.required).toBe(true);
        for (const parameter of parameters) expect(parameter.schema).toBeTypeOf('object');
      }
    }
  });

  it('has answers with schemas, a success and the errors among them', () => {
    for (const { operationId, responses, security } of operationsOf(document.paths)) {
      const statuses = Object.keys(responses);
      expect(
        statuses.some((status) => status.startsWith('2')),
        operationId,
      ).toBe(true);
      expect(statuses).toContain('500');
      if (security.length > 0) expect(statuses).toEqual(expect.arrayContaining(['401', '403']));
      for (const response of Object.values<Json>(responses)) {
        expect(response.description).toMatch(/.+/);
        for (const content of Object.values<Json>(response.content))
          expect(content.schema).toBeTypeOf('object');
      }
    }
  });

  it('refers to nothing that it does not contain', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference]) => reference!,
    );
    expect(references.length).toBeGreaterThan(0);
    for (const reference of new Set(references)) {
      const found = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce((value: Json, step) => value?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], document);
      expect(found, reference).toBeDefined();
    }
  });
});

describe('every operation of the contract', () => {
  it.each(everyOperation)(
    '%s is routed, and answers nothing that it does not declare',
    async (_id, operation, path) => {
      const { method, body } = operation;
      const answer = await api.send(method, path, body ? { body: {} } : {});
      expect(answer.status).toBeLessThan(500);
      if (answer.status < 400) expect(Object.keys(operation.responses)).toContain(String(answer.status));
      else expect(errorsOf(operation)).toContain(answer.body.code);
      expect(answer.headers.get('x-request-id')).toMatch(/.{8,}/);
    },
  );
});

describe('what is not routed', () => {
  it.each([
    '/',
    '/api',
    '/api/memory/',
    '/api/memory/x/y',
    '/api/Memory',
    '//api/memory',
    '/metrics.php',
    '/v2/messages',
  ])('GET %s', async (path) => {
    expectUnrouted(await api.get(path));
  });

  it.each([
    ['PUT', '/api/memory', 'POST'],
    ['GET', '/api/memory/search/similarity', 'POST'],
    ['POST', '/api/memory/aggregations', 'GET'],
    ['PUT', '/api/memory/019f0000-0000-7000-8000-000000000000', 'DELETE, GET, PATCH'],
    ['DELETE', '/v1/admin/keys', 'GET, POST'],
  ])('%s %s: the methods of the path are named', async (method, path, allow) => {
    const answer = await api.send(method, path);
    // API Gateway answers 404 for both
    if (answer.status === 404) return;
    expectProblem(answer, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });
});
