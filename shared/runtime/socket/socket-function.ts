import type { FunctionSpec } from '../../contracts/function-spec.ts';
import { isAppError } from '../../kernel/app-error.ts';
import type { Deps, Providers } from '../deps.ts';
import type { SocketHandlers } from '../handlers.ts';
import type { Host } from '../host.ts';
import { problemAnswer } from '../http/problem.ts';
import { count, type Description } from '../observability/observation.ts';
import { type LambdaFunction, pipeline } from '../pipeline.ts';
import type { SocketAnswer, SocketEvent } from './event.ts';
import { type AnySocketHandlers, connect, disconnect, serveMessage } from './serve-socket.ts';

export type SocketSpec = FunctionSpec & { readonly trigger: { readonly kind: 'socket' } };

/**
 * The Lambda behind API Gateway's WebSocket API. Never rejects: a connection that is not wanted is refused with the
 * status of its error, and a message that cannot be taken is answered by an `error`.
 */
export function socketFunction<const S extends SocketSpec>(
  spec: S,
  handlers: SocketHandlers<S>,
  providers: Providers<S>,
  host: Partial<Host> = {},
): LambdaFunction<SocketEvent, SocketAnswer> {
  /** What of an answer is logged and counted: API Gateway gets the answer and nothing beside it. */
  const described = new WeakMap<SocketAnswer, Description>();
  const told = (answer: SocketAnswer, description: Partial<Description>): SocketAnswer => {
    described.set(answer, { fields: {}, measures: [], ...description });
    return answer;
  };
  let made: AnySocketHandlers | undefined;

  async function run(event: SocketEvent, deps: Deps<S>, deadline: Date): Promise<SocketAnswer> {
    made ??= handlers(deps);
    switch (event.requestContext.eventType) {
      case 'CONNECT':
        await connect(event, made, deps.clock);
        return told({ statusCode: 200 }, { measures: [count('connections')] });
      case 'DISCONNECT':
        await disconnect(event, made);
        return told({ statusCode: 200 }, {});
      case 'MESSAGE': {
        const reply = await serveMessage(event, made, deps.clock, deadline);
        return told({ statusCode: 200 }, { fields: { reply }, measures: [count('messages')] });
      }
    }
  }

  function recover(error: unknown, event: SocketEvent): SocketAnswer {
    const { eventType, requestId } = event.requestContext;
    const problem = problemAnswer(error, requestId);
    const { statusCode } = problem;
    const description = {
      fields: { status: statusCode, ...(isAppError(error) && { code: error.code }) },
      measures: [
        ...(eventType === 'MESSAGE' ? [count('messages')] : []),
        count(statusCode >= 500 ? 'errors5xx' : 'errors4xx'),
      ],
    };
    // who has sent a message was told, and who is gone cannot be
    return told(eventType === 'CONNECT' ? problem : { statusCode: 200 }, description);
  }

  return pipeline<S, SocketEvent, SocketAnswer>(spec, providers, host, {
    identify: ({ requestContext: { connectionId, requestId, routeKey } }) => ({
      connectionId,
      requestId,
      routeKey,
    }),
    run,
    describe: (answer) => described.get(answer) ?? { fields: {}, measures: [] },
    recover,
  });
}
