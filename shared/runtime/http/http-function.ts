import type { FunctionSpec } from '../../contracts/function-spec.ts';
import type { OperationTable } from '../../contracts/operation.ts';
import type { Deps, Providers } from '../deps.ts';
import type { HttpHandlers } from '../handlers.ts';
import type { Host } from '../host.ts';
import { count, type Description } from '../observability/observation.ts';
import { type LambdaFunction, pipeline } from '../pipeline.ts';
import type { HttpAnswer, HttpEvent } from './event.ts';
import { problemAnswer } from './problem.ts';
import { createRouter } from './router.ts';
import { type AnyHandlers, serve } from './serve.ts';

export type HttpSpec = FunctionSpec & { readonly trigger: { readonly kind: 'http' } };

/**
 * The Lambda of one domain's operations behind API Gateway's HTTP API (payload format 2.0). Never rejects: every
 * failure is a problem document.
 * @param host replaces environment, clock, logger or meter, for tests and the local host
 */
export function httpFunction<const S extends HttpSpec>(
  spec: S,
  handlers: HttpHandlers<S>,
  providers: Providers<S>,
  host: Partial<Host> = {},
): LambdaFunction<HttpEvent, HttpAnswer> {
  const operations: OperationTable = spec.trigger.operations;
  const router = createRouter(operations);
  // the one place where the types of the table are let go: from here on operations are chosen at run time
  const handlersOf = handlers as unknown as (deps: Deps<S>) => AnyHandlers;
  let made: AnyHandlers | undefined;
  return pipeline<S, HttpEvent, HttpAnswer>(spec, providers, host, {
    identify: (event) => ({ requestId: event.requestContext?.requestId }),
    run: (event, deps, deadline) => {
      made ??= handlersOf(deps);
      return serve(event, router, made, deps, deadline);
    },
    describe,
    recover: (error, event) => problemAnswer(error, event.requestContext?.requestId ?? 'unknown'),
  });
}

function describe({ statusCode }: HttpAnswer): Description {
  const family = statusCode >= 500 ? 'errors5xx' : 'errors4xx';
  return {
    fields: { status: statusCode },
    measures: [
      count('requests'),
      ...(statusCode >= 400 ? [count(family)] : []),
      ...(statusCode === 429 ? [count('limited')] : []),
    ],
  };
}
