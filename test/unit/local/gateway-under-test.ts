import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, vi } from 'vitest';
import * as z from 'zod';
import type { Authorization } from '../../../scripts/local/authorizer.ts';
import { loadFunctions } from '../../../scripts/local/functions.ts';
import { type Backend, type Gateway, startGateway } from '../../../scripts/local/gateway/gateway.ts';
import { defineFunction } from '../../../shared/contracts/function-spec.ts';
import { defineOperations } from '../../../shared/contracts/operation.ts';
import { silentLogger } from '../../../shared/kernel/logger.ts';
import type { HttpEvent } from '../../../shared/runtime/http/event.ts';

const responses = { 200: z.unknown() };
const common = { summary: '', errors: [], responses } as const;
const operations = defineOperations({
  list: { ...common, method: 'GET', path: '/things', scope: 'public' },
  create: { ...common, method: 'POST', path: '/things', scope: 'memory:write' },
  special: { ...common, method: 'GET', path: '/things/special', scope: 'public' },
  one: { ...common, method: 'GET', path: '/things/{id}', scope: 'public' },
  part: { ...common, method: 'PUT', path: '/things/{id}/parts/{part}', scope: 'public' },
});
export const spec = defineFunction({
  name: 'things',
  summary: '',
  trigger: { kind: 'http', operations },
  uses: [],
  timeoutSeconds: 1,
  memoryMb: 128,
});

export const authorize = async (header: string | undefined): Promise<Authorization> =>
  header === 'Bearer good'
    ? { authorized: true, authorizer: { jwt: { claims: { sub: 'me', scope: 'a b' }, scopes: null } } }
    : {
        authorized: false,
        statusCode: 401,
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
        body: '',
      };

/** A gateway of its own for each test of the file, before one function that answers what the test says. */
export function gatewayUnderTest() {
  const under = {
    gateway: undefined as unknown as Gateway,
    /** What the function was invoked with. */
    events: [] as HttpEvent[],
    answer: undefined as unknown as (event: HttpEvent) => unknown,
    /** What the gateway logged as an error. */
    error: vi.fn(),

    async start(overrides: Partial<Parameters<typeof startGateway>[0]> = {}) {
      const functions = await loadFunctions([spec], async () => async (event: HttpEvent) => {
        under.events.push(event);
        return under.answer(event);
      });
      const backend = Promise.resolve<Backend>({ functions, authorize });
      const logger = { ...silentLogger, error: under.error };
      const corsOrigins = ['http://ok.test'];
      under.gateway = await startGateway({ port: 0, corsOrigins, backend, logger, ...overrides });
    },

    /** Sends the target as it is; `fetch` would normalise it. */
    async raw(
      target: string,
      method = 'GET',
      headers: Record<string, string> = {},
    ): Promise<{ status: number; body: string }> {
      const { port } = under.gateway;
      const request = httpRequest({ host: '127.0.0.1', port, method, path: target, headers });
      request.end();
      const [response] = await once(request, 'response');
      let body = '';
      for await (const chunk of response) body += chunk;
      return { status: response.statusCode, body };
    },
  };

  beforeEach(async () => {
    under.events = [];
    under.answer = () => ({ statusCode: 200, body: 'fine' });
    under.error.mockClear();
    await under.start();
  });
  afterEach(() => under.gateway.stop());
  return under;
}
