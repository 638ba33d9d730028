import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda';

/** An event of API Gateway's WebSocket API; the request that opened the connection is on the first one alone. */
export type SocketEvent = APIGatewayProxyWebsocketEventV2WithRequestContext<
  Pick<APIGatewayEventWebsocketRequestContextV2, 'eventType' | 'connectionId' | 'requestId' | 'routeKey'>
> & { readonly headers?: Readonly<Record<string, string | undefined>> };

/** For `$connect`, whether the client is let in; else the body is sent to it, where there is one. */
export interface SocketAnswer {
  statusCode: number;
  headers?: Record<string, string>;
  body?: string;
}

const bearer = /^Bearer +(\S+)$/i;

/**
 * The token of a client that connects: in the header `Authorization`, or, since browsers can set none, as
 * `access_token` in the query. Access logs must leave the query out.
 */
export function tokenOf({ headers, queryStringParameters }: SocketEvent): string | undefined {
  const header = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  if (header !== undefined) return bearer.exec(header)?.[1];
  return queryStringParameters?.access_token;
}
