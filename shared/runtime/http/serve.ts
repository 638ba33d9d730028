import type { FunctionSpec } from '../../contracts/function-spec.ts';
import type { Operation } from '../../contracts/operation.ts';
import type { CapabilityPorts, Deps } from '../deps.ts';
import type { OperationHandler, RequestContext } from '../handlers.ts';
import { annotate } from '../observability/invocation.ts';
import { readJsonBody } from './body.ts';
import { authenticate } from './caller.ts';
import { readIdempotencyKey, readIfMatch } from './conditions.ts';
import { baseUrlOf, type HttpAnswer, type HttpEvent, headersOf } from './event.ts';
import { type Answer, answerOnce, idempotencyKey } from './idempotency.ts';
import { limitRequests, limitWrites } from './limits.ts';
import { checkAnswer } from './output.ts';
import { readQuery } from './query.ts';
import { respond } from './respond.ts';
import type { Match, Router } from './router.ts';
import { requireSameTenant } from './tenant.ts';
import { validate } from './validate.ts';

/** The handlers of a table once their types have done their work. */
export type AnyHandlers = Readonly<Record<string, OperationHandler<Operation>>>;

/** One request, from the event to the answer. Each step throws an AppError that says what to change. */
export async function serve<S extends FunctionSpec>(
  event: HttpEvent,
  router: Router,
  handlers: AnyHandlers,
  deps: Deps<S>,
  deadline: Date,
): Promise<HttpAnswer> {
  const ports = deps as Partial<CapabilityPorts>;
  const { requestId } = event.requestContext;
  const headers = headersOf(event);
  const match = router(event);
  const { id, operation } = match;
  annotate({ operation: id });

  const caller = await authenticate(operation, event.requestContext.authorizer, ports.principals);
  if (caller) annotate({ tenantId: caller.tenantId });
  // before the body is looked at: what is refused has to cost as little as it can
  await limitRequests(operation, caller, ports);

  const key = readIdempotencyKey(operation, headers);
  const ifMatch = readIfMatch(operation, headers);
  const raw = rawInput(event, headers, match);
  const input = validate(operation, raw);
  requireSameTenant(caller, [raw.query, input.body]);

  const idempotency = key === undefined || !caller ? undefined : idempotencyKey(key, id, raw);
  const context = {
    requestId,
    caller,
    headers,
    baseUrl: baseUrlOf(event, headers),
    deadline,
    ...(idempotency ? { idempotency } : {}),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  } as RequestContext;
  const handle = async (): Promise<Answer> => {
    // not before: a request that is answered from an earlier one writes nothing
    await limitWrites(operation, caller, input.body, ports);
    const handler = handlers[id] as OperationHandler<Operation>;
    return checkAnswer(operation, await handler(input, context));
  };
  const answer =
    caller && idempotency && ports.answers
      ? await answerOnce(ports.answers, caller, idempotency, handle)
      : await handle();
  return respond(answer, requestId);
}

const rawInput = (event: HttpEvent, headers: ReturnType<typeof headersOf>, { operation, params }: Match) => ({
  params,
  query: readQuery(event.rawQueryString),
  body: operation.body ? readJsonBody(event, headers) : undefined,
});
