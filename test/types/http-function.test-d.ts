import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type { Caller } from '../../shared/contracts/caller.ts';
import { defineFunction } from '../../shared/contracts/function-spec.ts';
import { defineOperations } from '../../shared/contracts/operation.ts';
import type { GraphChangeQueue, Outbox } from '../../shared/replication/ports.ts';
import { buildDeps } from '../../shared/runtime/build-deps.ts';
import type { Provider } from '../../shared/runtime/deps.ts';
import type { HttpHandlers, RequestContext } from '../../shared/runtime/handlers.ts';
import { httpFunction } from '../../shared/runtime/http/http-function.ts';

const operations = defineOperations({
  readThing: {
    method: 'GET',
    path: '/things/{id}',
    summary: 'Read a thing',
    scope: 'memory:read',
    params: z.strictObject({ id: z.string() }),
    responses: { 200: z.object({ count: z.number() }), 202: z.object({ operationId: z.string() }) },
    errors: [],
  },
  ping: {
    method: 'GET',
    path: '/ping',
    summary: 'Answer',
    scope: 'public',
    responses: { 200: z.object({ ok: z.literal(true) }) },
    errors: [],
  },
});
const spec = defineFunction({
  name: 'things',
  summary: 'Things',
  trigger: { kind: 'http', operations },
  uses: ['outbox'],
  timeoutSeconds: 5,
  memoryMb: 128,
});
type Handlers = HttpHandlers<typeof spec>;

declare const outbox: Provider<Outbox>;
declare const graphChanges: Provider<GraphChangeQueue>;

const ping = async () => ({ status: 200, body: { ok: true } }) as const;
const handlers: Handlers = () => ({
  readThing: async ({ params }) => ({ status: 200, body: { count: params.id.length } }),
  ping,
});

describe('handlers of a table', () => {
  test('a missing handler does not compile', () => {
    // @ts-expect-error readThing has no handler
    const missing: Handlers = () => ({ ping });
    void missing;
  });

  test('an undeclared status does not compile', () => {
    const undeclared: Handlers = () => ({
      // @ts-expect-error 201 is not declared
      readThing: async () => ({ status: 201, body: { count: 1 } }),
      ping,
    });
    void undeclared;
  });

  test('a body of another status does not compile', () => {
    const wrong: Handlers = () => ({
      // @ts-expect-error 202 has an operationId
      readThing: async () => ({ status: 202, body: { count: 1 } }),
      ping,
    });
    void wrong;
  });

  test('a part without a schema is not there', () => {
    const reading: Handlers = () => ({
      readThing: async (input) => {
        expectTypeOf(input.params).toEqualTypeOf<{ id: string }>();
        expectTypeOf(input.body).toEqualTypeOf<undefined>();
        return { status: 200, body: { count: 1 } };
      },
      ping,
    });
    void reading;
  });

  test('only a public operation may lack a caller', () => {
    expectTypeOf<RequestContext<typeof operations.readThing>['caller']>().toEqualTypeOf<Caller>();
    expectTypeOf<RequestContext<typeof operations.ping>['caller']>().toEqualTypeOf<Caller | undefined>();
  });

  test('a capability that the spec does not name is out of reach', () => {
    const reaching: Handlers = (deps) => ({
      readThing: async () => {
        expectTypeOf(deps.outbox).toEqualTypeOf<Outbox>();
        // @ts-expect-error the spec does not use graphChanges
        await deps.graphChanges.send([]);
        return { status: 200, body: { count: 1 } };
      },
      ping,
    });
    void reaching;
  });
});

describe('providers of a spec', () => {
  test('all of them compile', () => {
    expectTypeOf(httpFunction(spec, handlers, { outbox })).toBeFunction();
  });

  test('a missing one does not compile', () => {
    // @ts-expect-error outbox has no provider
    void (() => httpFunction(spec, handlers, {}));
    // @ts-expect-error outbox has no provider
    void (() => buildDeps(spec, {}, {}));
  });

  test("another capability's does not compile", () => {
    // @ts-expect-error a queue is no outbox
    void (() => httpFunction(spec, handlers, { outbox: graphChanges }));
  });
});
