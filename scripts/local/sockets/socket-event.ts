import type { IncomingMessage } from 'node:http';
import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda';
import { newId } from '../../../shared/kernel/ids.ts';

type RequestContext = Omit<APIGatewayEventWebsocketRequestContextV2, 'messageId'> & {
  messageId?: string;
  identity: { sourceIp: string; userAgent: string };
  disconnectStatusCode?: number;
  disconnectReason?: string;
};
type SocketEvent = APIGatewayProxyWebsocketEventV2WithRequestContext<RequestContext> & {
  headers?: Record<string, string>;
};

/** What all events of one connection have in common. */
export interface Client {
  connectionId: string;
  request: IncomingMessage;
  /** Host and port of the gateway. */
  host: string;
  /** Milliseconds since the epoch. */
  connectedAt: number;
}

const routeKeys = { CONNECT: '$connect', MESSAGE: '$default', DISCONNECT: '$disconnect' } as const;

function contextOf(client: Client, eventType: keyof typeof routeKeys): RequestContext {
  const { connectionId, request, host, connectedAt } = client;
  const now = new Date();
  return {
    routeKey: routeKeys[eventType],
    eventType,
    messageDirection: 'IN',
    stage: 'ws',
    connectedAt,
    requestTime: now.toUTCString(),
    requestTimeEpoch: now.getTime(),
    requestId: newId(),
    extendedRequestId: newId(),
    domainName: host,
    connectionId,
    apiId: 'local',
    identity: {
      sourceIp: request.socket.remoteAddress ?? '',
      userAgent: request.headers['user-agent'] ?? '',
    },
  };
}

/** A client wants to connect: the one event that has its headers and its query. */
export function connectEvent(client: Client): SocketEvent {
  const { searchParams } = new URL(client.request.url ?? '/', 'http://gateway');
  const headers = Object.entries(client.request.headersDistinct).map(([name, values]) => [
    name,
    (values ?? []).join(','),
  ]);
  return {
    headers: Object.fromEntries(headers),
    ...(searchParams.size > 0 && { queryStringParameters: Object.fromEntries(searchParams) }),
    requestContext: contextOf(client, 'CONNECT'),
    isBase64Encoded: false,
  };
}

export const messageEvent = (client: Client, data: Buffer, isBinary: boolean): SocketEvent => ({
  requestContext: { ...contextOf(client, 'MESSAGE'), messageId: newId() },
  body: data.toString(isBinary ? 'base64' : 'utf8'),
  isBase64Encoded: isBinary,
});

export const disconnectEvent = (client: Client, code: number, reason: string): SocketEvent => ({
  requestContext: {
    ...contextOf(client, 'DISCONNECT'),
    disconnectStatusCode: code,
    disconnectReason: reason,
  },
  isBase64Encoded: false,
});
