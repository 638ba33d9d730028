import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { FunctionSpec } from '../contracts/function-spec.ts';
import { AppError } from '../kernel/app-error.ts';
import { buildDeps, readConfig } from './build-deps.ts';
import { deadlineOf, reserveMs } from './deadline.ts';
import type { Deps, Providers } from './deps.ts';
import { type Host, hostFor } from './host.ts';
import { annotate, withInvocation } from './observability/invocation.ts';
import { type Describe, observation } from './observability/observation.ts';
import { tracing } from './observability/tracing.ts';

/** The handler that Lambda calls. */
export interface LambdaFunction<E, R> {
  (event: E, context: LambdaContext): Promise<R>;
  /** For a host that wants to know before the first event. @throws ConfigurationError */
  checkConfiguration(): void;
}
export type LambdaContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

interface Stages<S extends FunctionSpec, E, R> {
  /** Identifiers of the event for the log lines. */
  readonly identify: (event: E, context: LambdaContext) => Record<string, unknown>;
  readonly run: (event: E, deps: Deps<S>, deadline: Date) => Promise<R>;
  /** What of an answer is logged and counted. */
  readonly describe: Describe<R>;
  /** Turns a failure into an answer; without one the invocation fails with the error. Must not throw. */
  readonly recover?: (error: unknown, event: E) => R | undefined;
}

/**
 * The shape of every function: log context, measuring, error handling, a deadline, and ports that are built at
 * the first invocation and kept. middy runs the steps and answers early when the time is nearly up.
 */
export function pipeline<S extends FunctionSpec, E, R>(
  spec: S,
  providers: Providers<S>,
  given: Partial<Host>,
  stages: Stages<S, E, R>,
): LambdaFunction<E, R> {
  let host: Host | undefined;
  let deps: Deps<S> | undefined;
  const hosted = () => {
    host ??= hostFor(spec.name, given);
    return host;
  };

  const chain = middy<E, R, Error>({
    timeoutEarlyInMillis: reserveMs,
    timeoutEarlyResponse: () => {
      throw new AppError('deadline_exceeded', 'The work did not end in time; try again.', {
        retryable: true,
      });
    },
  })
    .use(observation<E, R>(hosted, stages.describe))
    .use(recovery(stages.recover))
    .handler(async (event: E, context: Context): Promise<R> => {
      const { env, clock, logger } = hosted();
      deps ??= buildDeps(spec, providers, env, { clock, logger });
      const ports = deps;
      const trace = await tracing(env);
      return trace(spec.name, () => stages.run(event, ports, deadlineOf(context, clock)));
    });

  const handle = (event: E, context: LambdaContext) =>
    withInvocation({ awsRequestId: context.awsRequestId }, async () => {
      annotate(stages.identify(event, context));
      return await chain(event, context as Context);
    });
  const checkConfiguration = () => void readConfig(spec, providers, given.env ?? process.env);
  return Object.assign(handle, { checkConfiguration });
}

/** Registered after the observation, so middy calls it first and the observation sees the answer. */
const recovery = <E, R>(recover?: (error: unknown, event: E) => R | undefined): MiddlewareObj<E, R> => ({
  onError: (request) => {
    if (recover) request.response = recover(request.error, request.event);
  },
});
