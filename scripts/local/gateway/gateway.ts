import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { OperationTable } from '../../../shared/contracts/operation.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Logger } from '../../../shared/kernel/logger.ts';
import type { HttpAnswer } from '../../../shared/runtime/http/event.ts';
import { problemAnswer } from '../../../shared/runtime/http/problem.ts';
import { createRouter, type Router } from '../../../shared/runtime/http/router.ts';
import type { Authorization } from '../authorizer.ts';
import { listen } from '../embedded/listen.ts';
import type { LocalFunction } from '../functions.ts';
import { type LocalConnections, localConnections } from '../sockets/connections.ts';
import { acceptSockets, wantsSocket } from '../sockets/socket-gateway.ts';
import { cors } from './cors.ts';
import { httpEvent, routedEvent } from './http-event.ts';
import { readBody } from './request-body.ts';
import { writeAnswer } from './write-answer.ts';

/** What stands behind the gateway; requests that come before it is there wait for it. */
export interface Backend {
  functions: readonly LocalFunction[];
  /** Takes the `Authorization` header of a request to an operation that is not public. */
  authorize(header: string | undefined): Promise<Authorization>;
}

export interface GatewayOptions {
  /** 0 takes a free one. */
  port: number;
  corsOrigins: readonly string[];
  backend: Promise<Backend>;
  logger: Logger;
}

export interface Gateway {
  readonly port: number;
  readonly url: string;
  /** The clients of the WebSocket API. */
  readonly connections: LocalConnections;
  /** Answers what has begun, then closes. */
  stop(): Promise<void>;
}

/** How long requests that are under way may take at a stop. */
const drainMs = 5_000;
/** How long what is left of a refused body is read before the answer. */
const lingerMs = 1_000;

/** API Gateway's HTTP API on this machine: routes by the operation table, authorises, invokes the function. */
export async function startGateway(given: GatewayOptions): Promise<Gateway> {
  const { backend, logger } = given;
  const allow = cors(given.corsOrigins);
  const dispatch = backend.then(dispatcher);
  // each request reports the failure itself; a start that fails before any must not be an unhandled rejection
  dispatch.catch(() => undefined);

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const requestId = newId();
    if (allow.isPreflight(request)) {
      response.writeHead(204, allow.headers(request)).end();
      return;
    }
    try {
      const answer = await (await dispatch)(request, requestId, `127.0.0.1:${port}`);
      await send(request, response, answer, allow.headers(request));
    } catch (error) {
      // the client has gone while it sent: nobody waits for an answer, and nothing failed here
      if (error === request.errored) return;
      if (!(error instanceof AppError))
        logger.error('invocation failed', { requestId, error: describe(error) });
      await send(request, response, problemAnswer(error, requestId), allow.headers(request));
    }
  }

  const options = { requestTimeout: 30_000, headersTimeout: 10_000, shouldUpgradeCallback: wantsSocket };
  const server = createServer(options, (request, response) => {
    void handle(request, response);
  });
  const connections = localConnections();
  const functions = backend.then((started) => started.functions);
  functions.catch(() => undefined);
  const sockets = acceptSockets(server, { connections, functions, logger });
  const port = await listen(server, given.port);
  let closing: Promise<void> | undefined;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections,
    stop() {
      closing ??= Promise.all([sockets.stop(), drain(server)]).then(() => undefined);
      return closing;
    },
  };
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const impatient = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(impatient);
}

const describe = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** From one request to what its function answered. */
function dispatcher({ functions, authorize }: Backend) {
  const owners = new Map<string, LocalFunction>();
  const operations: Record<string, OperationTable[string]> = {};
  for (const local of functions) {
    const { trigger } = local.spec;
    if (trigger.kind !== 'http') continue;
    for (const [id, operation] of Object.entries(trigger.operations)) {
      operations[id] = operation;
      owners.set(id, local);
    }
  }
  const router: Router = createRouter(operations);

  return async (request: IncomingMessage, requestId: string, host: string): Promise<unknown> => {
    const event = httpEvent({ request, requestId, host, receivedAt: Date.now() });
    checkPath(event.rawPath);
    const { id, operation, params } = router(event);
    const owner = owners.get(id);
    if (owner === undefined) throw new AppError('route_not_found', 'No function takes this path.');

    const authorization =
      operation.scope === 'public' ? undefined : await authorize(event.headers.authorization);
    if (authorization?.authorized === false) return unauthenticated(authorization.headers, requestId);

    const body = await readBody(request);
    return owner.invoke(
      routedEvent(event, {
        routeKey: `${operation.method} ${operation.path}`,
        params,
        body,
        ...(authorization && { authorizer: authorization.authorizer }),
      }),
    );
  };
}

/** Dot segments mean another path to whoever normalises it; nobody here does, so they are refused. */
function checkPath(rawPath: string) {
  const dotted = rawPath.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  if (!rawPath.startsWith('/') || dotted) {
    throw new AppError('validation_failed', 'The path must start with a slash and have no dot segments.');
  }
}

/** The service's own problem document, with what the authorizer says about the token. */
function unauthenticated(headers: Record<string, string>, requestId: string): HttpAnswer {
  const problem = problemAnswer(
    new AppError('unauthenticated', 'Send a valid token: Authorization: Bearer <token>.'),
    requestId,
  );
  const challenge = headers['www-authenticate'];
  return { ...problem, headers: { ...problem.headers, ...(challenge && { 'www-authenticate': challenge }) } };
}

/**
 * Answers, perhaps before the body has been read. Node closes the connection with such an answer, and a client that
 * still sends would see a broken pipe in its place: so what is left is thrown away first, for a while.
 */
async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: unknown,
  extra: Record<string, string>,
) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!request.complete) {
    response.shouldKeepAlive = false;
    request.resume();
    await finished(request, { signal: AbortSignal.timeout(lingerMs) }).catch(() => undefined);
  }
  writeAnswer(response, answer, extra);
}
