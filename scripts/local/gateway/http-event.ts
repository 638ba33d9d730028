import type { IncomingMessage } from 'node:http';
import type { AuthorizerContext, HttpEvent } from '../../../shared/runtime/http/event.ts';

export interface EventParts {
  request: IncomingMessage;
  requestId: string;
  /** Host and port of the gateway itself: they decide the addresses in answers, not what the client sent. */
  host: string;
  /** Milliseconds since the epoch. */
  receivedAt: number;
}

const stage = '$default';

/** The request as API Gateway's payload 2.0, before a route is chosen and the body is read. */
export function httpEvent({ request, requestId, host, receivedAt }: EventParts): HttpEvent {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const rawPath = mark < 0 ? target : target.slice(0, mark);
  const rawQueryString = mark < 0 ? '' : target.slice(mark + 1);
  const { cookie, ...headers } = joinedHeaders(request);
  const sourceIp = request.socket.remoteAddress ?? '';
  const query = joinedQuery(rawQueryString);
  return {
    version: '2.0',
    routeKey: stage,
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...headers,
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': host.split(':').at(-1) ?? '',
      'x-forwarded-proto': 'http',
    },
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: host,
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: stage,
      stage,
      time: clfTime(new Date(receivedAt)),
      timeEpoch: receivedAt,
    },
    isBase64Encoded: false,
  };
}

export interface ChosenRoute {
  routeKey: string;
  params: Readonly<Record<string, string>>;
  authorizer?: AuthorizerContext;
  body: Buffer;
}

/** The event as the function gets it. */
export function routedEvent(
  event: HttpEvent,
  { routeKey, params, authorizer, body }: ChosenRoute,
): HttpEvent {
  const text = body.length > 0 ? bodyText(event.headers['content-type'], body) : undefined;
  return {
    ...event,
    routeKey,
    requestContext: { ...event.requestContext, routeKey, ...(authorizer && { authorizer }) },
    ...(Object.keys(params).length > 0 && { pathParameters: { ...params } }),
    ...(body.length > 0 && { body: text ?? body.toString('base64') }),
    isBase64Encoded: body.length > 0 && text === undefined,
  };
}

const textual = /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml|javascript|x-www-form-urlencoded))/i;

/** Bytes that are no text go as base64, so that nothing of them is lost. */
function bodyText(contentType: string | undefined, body: Buffer): string | undefined {
  if (!textual.test(contentType ?? '')) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Names in lower case; a header sent several times becomes one, joined by commas. */
const joinedHeaders = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [
      name,
      (values ?? []).join(name === 'cookie' ? '; ' : ','),
    ]),
  );

function joinedQuery(rawQueryString: string): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    joined[name] = Object.hasOwn(joined, name) ? `${joined[name]},${value}` : value;
  }
  return joined;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2026:19:03:58 +0000`, the format of the common log. */
function clfTime(date: Date): string {
  const [day, time] = date.toISOString().split('T');
  const [year, month, dayOfMonth] = (day ?? '').split('-');
  return `${dayOfMonth}/${months[Number(month) - 1]}/${year}:${time?.slice(0, 8)} +0000`;
}
